"""Members (会员) of a namespace and their levels; knows the kernel and nothing above it."""
