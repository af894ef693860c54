#include <dlfcn.h>
#include <solv/pool.h>
#include <solv/queue.h>
#include <solv/solver.h>
#include <solv/testcase.h>

#include "resolver/pool_internal.h"

typedef int testcase_write_fn(Solver *, const char *, int, const char *,
                              const char *);

static void close_library(void **library)
{
    if (*library)
        dlclose(*library);
}

/*
 * libsolvext pulls in fifty libraries; only a dump needs it, so it is opened
 * here and not linked.
 */
bool pl_pool_dump(struct pl_pool *pool, const pl_job_vec *jobs,
                  struct pl_str folder, struct pl_error *err)
{
    pl_core_vec ignored = {0};
    size_t *chosen = pl_new_array(pool->arena, size_t, pool->by_number.len + 1);
    pl_pool_solve(pool, jobs, chosen, &ignored);
    void *library PL_CLEANUP(close_library) =
        dlopen("libsolvext.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return pl_error_plain(err, PL_ERR_FILE,
                              "cannot write the solver's testcase: "
                              "libsolvext.so.1 is not installed");
    testcase_write_fn *write;
    *(void **)&write = dlsym(library, "testcase_write");
    struct pl_str path = pl_arena_dup(pool->arena, folder);
    if (!write || !write(pool->solver, path.at,
                         TESTCASE_RESULT_TRANSACTION | TESTCASE_RESULT_PROBLEMS,
                         "testcase.t", "result.t"))
        return pl_error_plain(err, PL_ERR_FILE,
                              "cannot write the solver's testcase to %.*s",
                              PL_STR_ARG(folder));
    return true;
}
