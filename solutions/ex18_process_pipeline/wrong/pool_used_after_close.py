# fails: computes_in_order (crash), loses_nothing_in_any_order (crash), keeps_the_limit (crash), uses_the_limit (crash), carries_large_results (crash), works_under_spawn_and_forkserver (crash), leaves_nothing_behind (crash)
# closes the pool, and then gives it work

import multiprocessing


def pipeline(items, stages, procs, limit):
    items = list(items)
    for stage, count in zip(stages, procs):
        pool = multiprocessing.Pool(count)
        pool.close()
        try:
            items = pool.map(stage, items)
        finally:
            pool.join()
    return items
