#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lockfmt/cyclonedx.h"
#include "lockfmt/purl.h"

static void purls(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const struct {
        struct pl_lock_package package;
        const char *purl;
    } rows[] = {
        {{.name = PL_STR("a"), .version = PL_STR("1.0")}, "pkg:pypi/a@1.0"},
        {{.name = PL_STR("a-b")}, "pkg:pypi/a-b"},
        {{.name = PL_STR("a"), .version = PL_STR("1!2+cu.1")},
         "pkg:pypi/a@1%212%2Bcu.1"},
        {{.name = PL_STR("a"), .index = PL_STR("https://pypi.org/simple")},
         "pkg:pypi/a"},
        {{.name = PL_STR("a"), .index = PL_STR("https://i/s?x&y=\"")},
         "pkg:pypi/a?repository_url=https%3A%2F%2Fi%2Fs%3Fx%26y%3D%22"},
        {{.name = PL_STR("a"),
          .source = PL_LOCK_ARCHIVE,
          .file.url = PL_STR("https://h/a.zip")},
         "pkg:pypi/a?download_url=https%3A%2F%2Fh%2Fa.zip"},
        {{.name = PL_STR("a"),
          .source = PL_LOCK_VCS,
          .tree = {.vcs = PL_STR("git"),
                   .url = PL_STR("https://h/a"),
                   .commit_id = PL_STR("12")}},
         "pkg:pypi/a?vcs_url=git%2Bhttps%3A%2F%2Fh%2Fa%4012"},
        {{.name = PL_STR("a"), .source = PL_LOCK_DIRECTORY}, ""},
    };
    for (size_t i = 0; i < PL_COUNT(rows); i++)
        assert_string_equal(
            pl_arena_printf(&arena, "%.*s",
                            PL_STR_ARG(pl_purl_of(&arena, &rows[i].package)))
                .at,
            rows[i].purl);
}

static void hash_names(void **state)
{
    (void)state;
    assert_string_equal(pl_cyclonedx_hash_name(PL_STR("sha256")), "SHA-256");
    assert_string_equal(pl_cyclonedx_hash_name(PL_STR("blake2b")),
                        "BLAKE2b-512");
    assert_null(pl_cyclonedx_hash_name(PL_STR("sha224")));
    assert_null(pl_cyclonedx_hash_name(PL_STR("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(purls),
        cmocka_unit_test(hash_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
