#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "core/limits.h"
#include "core/vec.h"
#include "rules/template_write.h"

static struct pl_str written(struct pl_arena *arena,
                             const struct pl_template *t)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    pl_template_write(t, &out);
    assert_true(pl_buf_ok(&out));
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static void read(struct pl_arena *arena, struct pl_str text,
                 struct pl_template *t)
{
    struct pl_error err = {.arena = arena};
    if (!pl_template_parse(
            arena, pl_source_from_text(arena, PL_STR("t.toml"), text), t, &err))
        fail_msg("%.*s\n%.*s", PL_STR_ARG(err.message), PL_STR_ARG(text));
}

/* ---- equal, field by field ---- */

static void same_strs(const struct pl_str *a, size_t a_count,
                      const struct pl_str *b, size_t b_count)
{
    assert_int_equal(a_count, b_count);
    for (size_t i = 0; i < a_count; i++)
        assert_true(pl_str_eq(a[i], b[i]));
}

static void same_requires(const struct pl_requirement *a, size_t a_count,
                          const struct pl_requirement *b, size_t b_count)
{
    assert_int_equal(a_count, b_count);
    for (size_t i = 0; i < a_count; i++)
        assert_true(pl_str_eq(a[i].text, b[i].text));
}

static void same_fact(const struct pl_fact *a, const struct pl_fact *b)
{
    assert_true(pl_str_eq(a->name, b->name));
    assert_true(pl_str_eq(a->version.text, b->version.text));
    assert_int_equal(a->protect, b->protect);
    assert_int_equal(a->has_treat_as, b->has_treat_as);
    assert_true(pl_str_eq(a->treat_as.text, b->treat_as.text));
    assert_int_equal(a->requires_known, b->requires_known);
    same_requires(a->requires, a->require_count, b->requires, b->require_count);
    assert_true(pl_str_eq(a->requires_from, b->requires_from));
    assert_true(pl_str_eq(a->evidence, b->evidence));
    assert_int_equal(a->size, b->size);
}

static void same_env(const struct pl_template *a, const struct pl_template *b)
{
    assert_true(pl_str_eq(a->env.python_full, b->env.python_full));
    assert_true(pl_str_eq(a->env.python_version, b->env.python_version));
    assert_int_equal(a->env.patch_known, b->env.patch_known);
    assert_true(pl_str_eq(a->env.arch, b->env.arch));
    assert_int_equal(a->env.glibc_major, b->env.glibc_major);
    assert_int_equal(a->env.glibc_minor, b->env.glibc_minor);
    assert_int_equal(a->glibc_assumed, b->glibc_assumed);
    assert_true(pl_str_eq(a->os, b->os));
    assert_true(pl_str_eq(a->cuda, b->cuda));
    assert_int_equal(a->externally_managed, b->externally_managed);
    same_strs(a->site_packages, a->site_package_count, b->site_packages,
              b->site_package_count);
    same_strs(a->pip_settings, a->pip_setting_count, b->pip_settings,
              b->pip_setting_count);
    same_requires(a->constraints, a->constraint_count, b->constraints,
                  b->constraint_count);
}

static void same(const struct pl_template *a, const struct pl_template *b)
{
    assert_true(pl_str_eq(a->id, b->id));
    assert_true(pl_str_eq(a->title, b->title));
    same_strs(a->images, a->image_count, b->images, b->image_count);
    same_env(a, b);
    assert_true(pl_str_eq(a->torch_variant, b->torch_variant));
    assert_true(pl_str_eq(a->provenance, b->provenance));
    assert_true(pl_str_eq(a->released, b->released));
    assert_true(pl_str_eq(a->how, b->how));
    assert_int_equal(a->complete, b->complete);
    same_strs(a->sources, a->source_count, b->sources, b->source_count);
    same_strs(a->notes, a->note_count, b->notes, b->note_count);
    same_strs(a->unknown, a->unknown_count, b->unknown, b->unknown_count);
    assert_int_equal(a->fact_count, b->fact_count);
    for (size_t i = 0; i < a->fact_count; i++)
        same_fact(&a->facts[i], &b->facts[i]);
}

/* ---- the shipped ones ---- */

static void test_shipped(void **state)
{
    (void)state;
    for (size_t i = 0; i < pl_template_shipped_count(); i++) {
        PL_ARENA(arena);
        struct pl_template t, again;
        assert_true(pl_template_shipped(&arena, i, &t, NULL));
        struct pl_str text = written(&arena, &t);
        read(&arena, text, &again);
        same(&t, &again);
        assert_true(pl_str_eq(text, written(&arena, &again)));
    }
}

/* The file's bytes after its comment: nothing in it is shadowed or unsaid. */
static void test_layout(void **state)
{
    (void)state;
    static const char *const ids[] = {"runpod-102-cu1281-torch280-ubuntu2404",
                                      "runpod-torch220-cu121-py310",
                                      "runpod-103-cu1300-torch291-ubuntu2404"};
    size_t found = 0;
    for (size_t i = 0; i < pl_template_shipped_count(); i++) {
        PL_ARENA(arena);
        struct pl_template t;
        bool wanted = false;
        for (size_t k = 0; k < PL_COUNT(ids); k++)
            wanted |= pl_str_is(pl_template_shipped_id(i), ids[k]);
        if (!wanted)
            continue;
        assert_true(pl_template_shipped(&arena, i, &t, NULL));
        struct pl_str comment, text = t.source->text;
        assert_true(pl_str_cut(&text, '\n', &comment));
        struct pl_str ours = written(&arena, &t);
        assert_int_equal(ours.len, text.len);
        assert_memory_equal(ours.at, text.at, text.len);
        found++;
    }
    assert_int_equal(found, PL_COUNT(ids));
}

/* ---- what no shipped one has ---- */

static void test_least(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_template t, again;
    read(&arena,
         PL_STR("podlock-template = 1\nid = \"x\"\n[environment]\n"
                "python = \"3.11\"\n[[package]]\nname = \"a\"\n"
                "version = \"1\"\nprotect = \"os\"\n"),
         &t);
    struct pl_str text = written(&arena, &t);
    assert_string_equal(text.at, "podlock-template = 1\n"
                                 "id = \"x\"\n"
                                 "images = []\n"
                                 "\n[environment]\n"
                                 "python = \"3.11\"\n"
                                 "arch = \"x86_64\"\n"
                                 "externally-managed = false\n"
                                 "\n[provenance]\n"
                                 "complete = false\n"
                                 "\n[[package]]\n"
                                 "name = \"a\"\n"
                                 "version = \"1\"\n"
                                 "protect = \"os\"\n");
    read(&arena, text, &again);
    same(&t, &again);
}

/* A container's words are anybody's: none of them leaves its string. */
static void test_foreign(void **state)
{
    (void)state;
    PL_ARENA(arena);
    struct pl_template t, again;
    struct pl_str notes[] = {PL_STR("both ' and \" and \\"),
                             PL_STR("a \"quoted\" word"),
                             PL_STR("\"\n[[package]]\nname = \"evil\""),
                             PL_STR("\x1b[31m \x7f"),
                             PL_STR("not \xff UTF-8"),
                             PL_STR("\"caf\xc3\xa9\" \xe2\x80\xae"),
                             PL_STR("'''"),
                             PL_STR("a \"b\" https://user:secret@host/x")};
    read(&arena,
         PL_STR("podlock-template = 1\nid = \"x\"\n[environment]\n"
                "python = \"3.11\"\n"),
         &t);
    t.notes = notes;
    t.note_count = PL_COUNT(notes);
    read(&arena, written(&arena, &t), &again);
    assert_int_equal(again.fact_count, 0);
    assert_int_equal(again.note_count, PL_COUNT(notes));
    for (size_t i = 0; i < 4; i++)
        assert_true(pl_str_eq(again.notes[i], notes[i]));
    assert_true(pl_str_eq(again.notes[5], notes[5]));
    assert_true(pl_str_eq(again.notes[6], notes[6]));
    assert_true(pl_str_is(again.notes[7], "a \"b\" https://***@host/x"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_least),
        cmocka_unit_test(test_foreign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
