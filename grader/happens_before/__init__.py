"""What orders the operations of threads, and what nothing orders. Pure: both sides of the border use it."""
