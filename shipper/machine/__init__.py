"""What this machine has: processor, memory and accelerators, and which of them to use."""
