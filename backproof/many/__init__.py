"""One way to run many things: on the cores of this machine or on a cluster, each result kept as it comes."""
