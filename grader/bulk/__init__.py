"""Many submissions: what is to be done (engine), who does it (local_pool), how far it is (progress), what comes out (outputs)."""
