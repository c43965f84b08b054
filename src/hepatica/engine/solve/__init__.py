"""Compile and run: processors, GPUs, the kernel, and scipy beside them."""
