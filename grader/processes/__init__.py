"""Scenarios in real processes, watched from outside. Runs inside the box.

run        one scenario in a fresh process tree: what it returned, how it ended, what it left behind
stage      the `__main__` file of that tree: loads answer and scenario, does what it is told
watch      the tree as it lives: who is in it, and whether all of it waits for ever
kernel     what Linux tells of one process: state, system call, descriptors
words      who waits where, for whom, and who holds the other end
life       mistakes that show nowhere else: exceptions nobody heard of, forks beside threads, what has a name and stays

controlled one execution under a schedule: everybody parks, one goes on, all settle
orders     the search over schedules: explore, explain, replay, as the engine's explorer does for threads
gate, points, rewriting, files     in the processes: where they park, and what is a step
nursery, hearing                   where the trees come from, and what their processes say
preempted_pairs, shared_races      which orders come first; races on shared memory

children   for scenarios: the exit codes of the processes that an answer starts
perturb    for scenarios: pipes that hand over one byte at a time, or take one page at a time
"""
