"""The border: student code runs in the box, and only observations come out."""
