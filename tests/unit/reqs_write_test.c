#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/buf.h"
#include "core/limits.h"
#include "lockfmt/reqs_write.h"
#include "tests/unit/lock_sample.h"
#include "tests/unit/wrong.h"
#include "tests/unit/reqfile_util.h"

static const char *written(struct pl_arena *arena, const struct pl_lock *lock,
                           const char *name)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    pl_reqs_write(lock, pl_str_from(name), &out);
    assert_true(pl_buf_ok(&out));
    return pl_arena_dup(arena, pl_buf_view(&out)).at;
}

static const char *constraints(struct pl_arena *arena,
                               const struct pl_lock *lock)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    pl_constraints_write(lock, &out);
    assert_true(pl_buf_ok(&out));
    return pl_arena_dup(arena, pl_buf_view(&out)).at;
}

static struct pl_lock *sorted_sample(struct pl_arena *arena)
{
    struct pl_lock *lock = sample_lock(arena);
    pl_lock_sort(lock);
    return lock;
}

static void test_whole(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_lock *lock = sorted_sample(&arena);
    const char *expected = table_load(&arena, "lock/requirements.txt").at;
    assert_string_equal(written(&arena, lock, "a/requirements.txt"), expected);
    assert_string_equal(written(&arena, lock, "-"), expected);
    assert_string_equal(constraints(&arena, lock),
                        table_load(&arena, "lock/constraints.txt").at);
}

static void test_annotations(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_lock *lock = sorted_sample(&arena);
    lock->with_header = false;
    lock->via_split = true;
    const char *text = written(&arena, lock, "r.txt");
    assert_non_null(strstr(text, "\n    # via\n"
                                 "    #   r.in:1\n"
                                 "    #   r.in:2\n"
                                 "torchao==0.13.0+cu128 \\\n"));
    assert_non_null(strstr(text, "\n    # via r.in:3\n"));
    lock->with_via = false;
    assert_null(strstr(written(&arena, lock, "r.txt"), "#"));
    assert_true(pl_str_starts(pl_str_from(constraints(&arena, lock)),
                              "antlr4==4.9.3\njinja2==3.1.4  # in"));
}

/* ---- indexes ---- */

static const char *index_lines(struct pl_arena *arena, const char *const *urls)
{
    struct pl_lock_package packages[4];
    struct pl_lock lock = {.packages = packages};
    for (; urls[lock.package_count]; lock.package_count++)
        packages[lock.package_count] = (struct pl_lock_package){
            .name = PL_STR("x"),
            .version = PL_STR("1"),
            .index = pl_str_from(urls[lock.package_count]),
        };
    const char *text = written(arena, &lock, "r.txt");
    struct pl_str all = pl_str_from(text);
    size_t end = pl_str_find_str(all, PL_STR("x=="));
    return pl_arena_dup(arena, pl_str_sub(all, 0, end)).at;
}

static void test_indexes(void **state)
{
    (void)state;
    PL_ARENA(arena);
    const char *pypi = "https://pypi.org/simple/";
    assert_string_equal(index_lines(&arena, (const char *[]){pypi, pypi, NULL}),
                        "");
    assert_string_equal(
        index_lines(&arena,
                    (const char *[]){"https://b", pypi, "https://a", NULL}),
        "--extra-index-url https://a\n--extra-index-url https://b\n\n");
    assert_string_equal(
        index_lines(&arena, (const char *[]){"https://a", "https://b",
                                             "https://b", NULL}),
        "--index-url https://b\n--extra-index-url https://a\n\n");
    assert_string_equal(
        index_lines(&arena, (const char *[]){"https://a/b c;#\"${X}", NULL}),
        "--index-url https://a/b%20c%3B#%22$%7BX%7D\n\n");
}

/* ---- reading back ---- */

static bool read_back(struct pl_inputs *in, const char *text)
{
    put("r.txt", text);
    return pl_inputs_read(in, PL_STR("r.txt"), NULL);
}

static void test_read_back(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_inputs in;
    pl_inputs_init(&in, &arena);
    struct pl_lock *lock = sorted_sample(&arena);
    lock->packages[2].index = (struct pl_str){0};
    put("r.txt", written(&arena, lock, "r.txt"));
    read_or_fail(&in, "r.txt");
    assert_string_equal(
        SHOW(in, requirements),
        "r.txt:11: antlr4==4.9.3 sha256:" SAMPLE_SHA "\n"
        "r.txt:13: numpy==2.0.2 @ ./wheels/numpy-2.0.2-cp311-cp311-linux_x86_"
        "64.whl sha256:" SAMPLE_SHA "\n"
        "r.txt:15: pandas @ https://files.example/pandas-2.3.3-cp311-cp311-"
        "manylinux_2_24_x86_64.whl sha256:" SAMPLE_SHA "\n"
        "r.txt:18: torchao==0.13.0+cu128 sha256:" SAMPLE_SHA "\n");
    assert_int_equal(in.warnings.len, 0);
    assert_false(in.template_id.len);
    put("c.txt", constraints(&arena, lock));
    assert_true(pl_inputs_read_constraints(&in, PL_STR("c.txt"), NULL));
    assert_string_equal(SHOW(in, constraints), "c.txt:6: antlr4==4.9.3\n"
                                               "c.txt:7: jinja2==3.1.4\n"
                                               "c.txt:8: numpy==2.0.2\n"
                                               "c.txt:9: pandas==2.3.3\n"
                                               "c.txt:10: torch==2.8.0+cu128\n"
                                               "c.txt:11: torchao=="
                                               "0.13.0+cu128\n");
}

/* ---- foreign strings ---- */

static void check_requirements(const struct pl_inputs *in, size_t count)
{
    assert_int_equal(in->requirements.len, count);
    for (size_t i = 0; i < count; i++) {
        assert_false(pl_str_is(in->requirements.at[i].req.name, "evil"));
        assert_int_equal(in->requirements.at[i].hash_count, 1);
    }
}

/* Where a comment holds it, nothing changes at all. */
static void test_hostile_comments(void **state)
{
    (void)state;
    for (size_t i = 0; i < PL_COUNT(sample_hostile); i++) {
        PL_ARENA(arena);
        struct pl_inputs in;
        pl_inputs_init(&in, &arena);
        struct pl_lock *lock = sorted_sample(&arena);
        struct pl_str text = pl_str_from(sample_hostile[i]);
        lock->arguments[1] = lock->template_id = text;
        lock->packages[2].via[0] = lock->packages[2].via[1] = text;
        lock->via_split = i % 2;
        const char *output = written(&arena, lock, sample_hostile[i]);
        assert_true(read_back(&in, output));
        check_requirements(&in, lock->package_count);
        assert_int_equal(in.warnings.len, 0);
        assert_true(pl_str_starts(pl_str_from(output),
                                  "# Locked by podlock.\n# Made by:\n"));
    }
}

/* Elsewhere a reader refuses the line or sees one strange package. */
static void test_hostile_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < PL_COUNT(sample_hostile) * 6; i++) {
        PL_ARENA(arena);
        struct pl_inputs in;
        pl_inputs_init(&in, &arena);
        struct pl_lock *lock = sorted_sample(&arena);
        struct pl_lock_package *package = &lock->packages[2];
        struct pl_str *fields[] = {
            &package->name,     &package->version,     &package->index,
            &package->file.url, &package->file.sha256, &package->file.path,
        };
        if (i % 6 == 3)
            package->index = (struct pl_str){0};
        *fields[i % 6] = pl_str_from(sample_hostile[i / 6]);
        if (read_back(&in, written(&arena, lock, "r.txt")))
            check_requirements(&in, lock->package_count);
        assert_null(strstr(written(&arena, lock, "r.txt"), "\nevil"));
        assert_null(strstr(constraints(&arena, lock), "\nevil"));
    }
}

static int setup(void **state)
{
    (void)state;
    enter_folder();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    leave_folder();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_annotations),
        cmocka_unit_test(test_indexes),
        cmocka_unit_test(test_read_back),
        cmocka_unit_test(test_hostile_comments),
        cmocka_unit_test(test_hostile_words),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
