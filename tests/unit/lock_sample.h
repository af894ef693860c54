/*
 * A lock with everything a lock can have, for tests of its writers.
 *
 *     struct pl_lock *lock = sample_lock(&arena);
 *     pl_lock_sort(lock);
 */
#ifndef PODLOCK_TESTS_LOCK_SAMPLE_H
#define PODLOCK_TESTS_LOCK_SAMPLE_H

#include "core/arena.h"
#include "core/attr.h"
#include "lockfmt/lock.h"

#define SAMPLE_SHA                                                             \
    "a3f1c5d2e4b60718293a4b5c6d7e8f900112233445566778899aabbccddeeff0"

/* What would break out of its place in one medium or another. */
static const char *const sample_hostile[] = {
    "\"\n[[packages]]\nname = \"evil\"",
    "a\nevil==1.0",
    "a\revil==1.0",
    "a\r\n# b",
    "a \\",
    "a # b",
    "a ; python_version < '3'",
    "a --hash=sha256:0",
    "${HOME}",
    "\"\"\"'\\",
    "\\u0041\\",
    "\x1b]0;x\x07\x7f\x01",
    "\xe2\x80\xae\xe2\x81\xa6 bidi",
    "\xe2\x80\xa8"
    "evil==1.0\xc2\x85"
    "evil==1.0",
    "\v\f\x1c\x1d\x1e",
    "\xf3\xa0\x81\x81\xef\xbb\xbf",
    "# } ] , = ",
    "coding: utf-7",
    "\xf0\x9f\x90\x8d",
};

/* A list of string literals in the arena. */
static inline struct pl_str *
sample_list(struct pl_arena *arena, const char *const *texts, size_t *count)
{
    struct pl_str *list = pl_new_array(arena, struct pl_str, 8);
    for (*count = 0; texts[*count]; ++*count)
        list[*count] = pl_str_from(texts[*count]);
    return list;
}

static inline struct pl_lock_file sample_file(const char *name, const char *url)
{
    return (struct pl_lock_file){
        .name = pl_str_from(name),
        .url = pl_str_from(url),
        .upload_time = PL_STR("2026-01-31T23:59:59.123456Z"),
        .size = 1234,
        .has_size = true,
        .sha256 = PL_STR(SAMPLE_SHA),
    };
}

static inline void sample_packages(struct pl_arena *arena, struct pl_lock *lock)
{
    struct pl_lock_package *p = pl_new_array(arena, struct pl_lock_package, 4);
    p[0].name = PL_STR("torchao");
    p[0].version = PL_STR("0.13.0+cu128");
    p[0].index = PL_STR("https://download.pytorch.org/whl/cu128/");
    p[0].file = sample_file("torchao-0.13.0+cu128-cp311-abi3-linux_x86_64.whl",
                            "https://download.pytorch.org/whl/cu128/"
                            "torchao-0.13.0%2Bcu128-cp311-abi3-linux_x86_64"
                            ".whl");
    p[0].file.has_size = false;
    p[0].via =
        sample_list(arena, (const char *[]){"r.in:3", NULL}, &p[0].via_count);

    p[1].name = PL_STR("pandas");
    p[1].version = PL_STR("2.3.3");
    p[1].requires_python = PL_STR(">=3.9");
    p[1].index = PL_STR("https://pypi.org/simple/");
    p[1].file = sample_file(
        "pandas-2.3.3-cp311-cp311-manylinux_2_24_x86_64.whl",
        "https://files.example/pandas-2.3.3-cp311-cp311-manylinux_2_24_x86_64"
        ".whl");
    p[1].dependencies =
        sample_list(arena, (const char *[]){"numpy", "antlr4", "numpy", NULL},
                    &p[1].dependency_count);
    p[1].via = sample_list(arena, (const char *[]){"r.in:2", "r.in:1", NULL},
                           &p[1].via_count);
    p[1].rules = sample_list(arena, (const char *[]){"numpy2-pandas", NULL},
                             &p[1].rule_count);

    p[2].name = PL_STR("antlr4");
    p[2].version = PL_STR("4.9.3");
    p[2].index = PL_STR("https://pypi.org/simple/");
    p[2].file = sample_file("antlr4-4.9.3.tar.gz",
                            "https://files.example/antlr4-4.9.3.tar.gz");
    p[2].file.is_sdist = true;
    p[2].file.upload_time = (struct pl_str){0};

    p[3].name = PL_STR("numpy");
    p[3].version = PL_STR("2.0.2");
    p[3].file = sample_file("numpy-2.0.2-cp311-cp311-linux_x86_64.whl", NULL);
    p[3].file.path = PL_STR("wheels/numpy-2.0.2-cp311-cp311-linux_x86_64.whl");
    lock->packages = p;
    lock->package_count = 4;
}

static inline void sample_facts(struct pl_arena *arena, struct pl_lock *lock)
{
    lock->inputs = pl_new(arena, struct pl_lock_input);
    lock->inputs[0] =
        (struct pl_lock_input){PL_STR("r.in"), PL_STR(SAMPLE_SHA)};
    lock->input_count = 1;
    lock->arguments = pl_new_array(arena, struct pl_str, 3);
    lock->arguments[0] = PL_STR("r.in");
    lock->arguments[1] = PL_STR("-o");
    lock->arguments[2] = PL_STR("pylock.toml");
    lock->argument_count = 3;
    lock->provided = pl_new_array(arena, struct pl_lock_provided, 2);
    lock->provided[0] =
        (struct pl_lock_provided){.name = PL_STR("torch"),
                                  .version = PL_STR("2.8.0+cu128"),
                                  .size = 888,
                                  .locked = true};
    lock->provided[1] = (struct pl_lock_provided){.name = PL_STR("jinja2"),
                                                  .version = PL_STR("3.1.4")};
    lock->provided_count = 2;
    lock->provided[0].via =
        sample_list(arena, (const char *[]){"r.in:4", "pandas", NULL},
                    &lock->provided[0].via_count);
    lock->replaced = pl_new(arena, struct pl_lock_replaced);
    lock->replaced[0] = (struct pl_lock_replaced){
        PL_STR("numpy"), PL_STR("2.1.2"), PL_STR("2.0.2"),
        PL_STR("r.in:2 numpy<2.1"), false};
    lock->replaced_count = 1;
}

static inline struct pl_lock *sample_lock(struct pl_arena *arena)
{
    struct pl_lock *lock = pl_new(arena, struct pl_lock);
    *lock = (struct pl_lock){
        .environments = pl_new(arena, struct pl_str),
        .environment_count = 1,
        .requires_python = PL_STR("==3.11.*"),
        .template_id = PL_STR("runpod-x"),
        .template_digest = PL_STR(SAMPLE_SHA),
        .rules_edition = PL_STR("2026.11"),
        .download = 3702,
        .with_header = true,
        .with_via = true,
    };
    lock->environments[0] =
        PL_STR("sys_platform == 'linux' and python_version == '3.11'");
    sample_packages(arena, lock);
    sample_facts(arena, lock);
    return lock;
}

#endif
