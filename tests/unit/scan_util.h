/*
 * Containers in memory for the tests of a scan, and what is asked of them.
 * BEGIN opens a test: it declares `arena`, the tree `t` and the container `c`.
 */
#ifndef PODLOCK_TESTS_SCAN_UTIL_H
#define PODLOCK_TESTS_SCAN_UTIL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "container/scan.h"
#include "core/limits.h"
#include "tests/unit/memory_tree.h"

#define TEXT(...) pl_arena_printf(arena, __VA_ARGS__).at

static inline void add_dist(struct memory_tree *t, struct pl_arena *arena,
                            const char *folder, const char *name,
                            const char *version)
{
    const char *info = TEXT("%s/%s-%s.dist-info", folder, name, version);
    memory_file(t, TEXT("%s/METADATA", info),
                TEXT("Metadata-Version: 2.1\nName: %s\nVersion: %s\n\n", name,
                     version));
    memory_file(t, TEXT("%s/INSTALLER", info), "pip\n");
    memory_file(t, TEXT("%s/RECORD", info), "");
}

static inline void add_python(struct memory_tree *t, struct pl_arena *arena,
                              const char *prefix, const char *minor)
{
    const char *library = TEXT("%s/lib/python%s", prefix, minor);
    memory_program(t, TEXT("%s/bin/python%s", prefix, minor));
    memory_file(t, TEXT("%s/os.py", library), "");
    memory_folder(t, TEXT("%s/site-packages", library));
}

/* Ubuntu, where pip installs beside what apt did. */
static inline void add_ubuntu(struct memory_tree *t, struct pl_arena *arena)
{
    memory_file(t, "/usr/lib/os-release",
                "NAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\nID=ubuntu\n");
    memory_link(t, "/etc/os-release", "../usr/lib/os-release");
    memory_link(t, "/lib", "usr/lib");
    memory_link(t, "/bin", "usr/bin");
    memory_program(t, "/usr/bin/python3.12");
    memory_link(t, "/usr/bin/python3", "python3.12");
    memory_file(t, "/usr/lib/python3.12/os.py", "");
    memory_file(t, "/usr/lib/python3.12/EXTERNALLY-MANAGED", "");
    memory_folder(t, "/usr/lib/python3.12/dist-packages");
    add_dist(t, arena, "/usr/lib/python3/dist-packages", "six", "1.16.0");
    add_dist(t, arena, "/usr/local/lib/python3.12/dist-packages", "torch",
             "2.8.0+cu128");
}

static inline void scan_with(struct pl_arena *arena, struct memory_tree *t,
                             const struct pl_scan_options *options,
                             struct pl_container *c)
{
    struct pl_error err = {.arena = arena};
    if (!pl_container_scan(arena, &t->tree, options, c, &err))
        fail_msg("%.*s", PL_STR_ARG(err.message));
}

static inline void scan(struct pl_arena *arena, struct memory_tree *t,
                        const char *const *vars, struct pl_container *c)
{
    struct pl_scan_options options = {.vars = vars};
    scan_with(arena, t, &options, c);
}

static inline void assert_str(struct pl_str s, const char *expected)
{
    if (!pl_str_is(s, expected))
        fail_msg("\"%.*s\" is not \"%s\"", PL_STR_ARG(s), expected);
}

/* The only trouble's message has the text in it. */
static inline void assert_trouble(const struct pl_container *c,
                                  const char *part)
{
    assert_int_equal(c->trouble_count, 1);
    struct pl_str told = c->troubles[0].message;
    if (pl_str_find_str(told, pl_str_from(part)) == told.len)
        fail_msg("\"%.*s\" does not say \"%s\"", PL_STR_ARG(told), part);
}

#define BEGIN                                                                  \
    (void)state;                                                               \
    PL_ARENA(arena);                                                           \
    struct memory_tree t;                                                      \
    struct pl_container c;                                                     \
    memory_tree_init(&t, &arena)

#endif
