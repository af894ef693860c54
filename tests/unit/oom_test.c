/* Without memory libsolv ends as podlock does, with a message and a code. */
#include <setjmp.h>
#include <solv/util.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "resolver/pool.h"

/* AddressSanitizer would end the program itself. */
__attribute__((visibility("default"))) const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static void test_libsolv(void **state)
{
    (void)state;
    void (*volatile linked)(void) = (void (*)(void))pl_pool_solve;
    assert_true(linked != NULL);
    pid_t child = fork();
    if (child == 0) {
        close(2);
        solv_free(solv_malloc(SIZE_MAX / 4));
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_libsolv),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
