"""The grader, in reading order. This map is all that this file holds.

    version        of the grader, part of every result
    cores          how many processors there are for us
    user_cache     what was found out before, kept for the next process
    source_lines   the lines of a source, as Python counts them
    errors         the tree of errors and the exit codes
    trace          Step, Trace, Outcome, Coverage, replay token: what happened inside the box
    workers        processes on this machine that do one task at a time
    results        Finding, CheckResult, ExerciseResult: what the parent made of it
    marked_yaml    YAML into frozen values, with the line of everything that is wrong
    course         course.yaml -> Course, Exercise: the only place that knows the schema
    scoring        results and policy -> exact points
    exercises      which exercises are on disk, and where stub, checks and solutions are

    happens_before/ what orders operations, and what nothing orders; both sides of the border use it

    interleave/    inside the box: the interleaving engine
    processes/     inside the box: real processes and pipes
    speedup        inside the box: what a process tree ran and was ready to run
    web/           the crawlers' stand-in for the internet: a site as data; inside the box a server and a double

    box/           the border: frames, the parent's end, the child's end, the sandbox tiers

    confirm/       passes confirmed from outside the box: schedules, locks and races of the parent's own

    checks/        what an exercise author writes with, the pytest plugin, the wording of a failure
    submissions/   where answers come from, a file per kind
    store          SQLite: every grading ever made, by content
    reports/       where grades go, a file per destination

    grading        one submission from load to grade
    bulk/          many submissions
    release, scaffold, selfcheck, watch, stepping, doctor, memory
                   what the other commands do; memory keeps a student's last marks
    desk           a student's commands: which file is meant, what is printed
    cli            arguments in, exit code out
    environment    makes the private environment; runs before anything is installed, so it imports nothing of ours

Imports point upwards in this list, never down; `import-linter` holds that. The parent never imports
`interleave`, `processes`, `speedup` or `box.child`.
"""
