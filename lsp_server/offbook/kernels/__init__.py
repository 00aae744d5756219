"""Fresh kernels: forked or started, spoken with over their sockets, ended with all that they started.

This module imports none of the others: a command starts a server that forks kernels before it loads the rest.
"""
