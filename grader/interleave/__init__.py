"""The interleaving engine: runs a program under every order in which its threads can be interleaved."""
