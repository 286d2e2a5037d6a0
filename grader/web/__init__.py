"""The crawler exercises' stand-in for the internet: a site as data, served twice.

site      pages, links, latencies, failures, redirects, robots.txt, drawn from a seed; pure data for both sides
double    inside the box, under the engine: `fetch` as a function, with virtual time
server    inside the box, for real processes: HTTP over loopback to any client, with virtual time
asleep    inside the box: whether a process tree does nothing but wait for the server
"""
