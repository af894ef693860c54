/*
 * Is what was read back what was written? For what pep/pack.h packs, field by
 * field. Included by one .c file a test; needs cmocka.h before it.
 */
#ifndef PODLOCK_TESTS_PACK_UTIL_H
#define PODLOCK_TESTS_PACK_UTIL_H

#include "pep/marker_tree.h"
#include "pep/requirement.h"

static inline void same_text(struct pl_str a, struct pl_str b)
{
    if (!pl_str_eq(a, b))
        fail_msg("`%.*s` became `%.*s`", PL_STR_ARG(a), PL_STR_ARG(b));
}

static inline void same_version(const struct pl_version *a,
                                const struct pl_version *b)
{
    same_text(a->text, b->text);
    same_text(a->local, b->local);
    assert_true(a->key == b->key && a->epoch == b->epoch);
    assert_int_equal(a->release_count, b->release_count);
    for (uint32_t i = 0; i < a->release_count; i++)
        assert_true(a->release[i] == b->release[i]);
    assert_int_equal(a->pre, b->pre);
    assert_true(a->pre_number == b->pre_number &&
                a->post_number == b->post_number &&
                a->dev_number == b->dev_number);
    assert_int_equal(a->has_post, b->has_post);
    assert_int_equal(a->has_dev, b->has_dev);
}

static inline void same_specifier(const struct pl_specifier *a,
                                  const struct pl_specifier *b)
{
    same_text(a->text, b->text);
    assert_int_equal(a->count, b->count);
    for (uint32_t i = 0; i < a->count; i++) {
        const struct pl_clause *x = &a->clauses[i], *y = &b->clauses[i];
        assert_int_equal(x->op, y->op);
        assert_true(x->low == y->low && x->span == y->span);
        same_version(&x->version, &y->version);
        same_text(x->text, y->text);
    }
}

static inline void same_comparison(const struct pl_comparison *a,
                                   const struct pl_comparison *b)
{
    assert_int_equal(a->left.variable, b->left.variable);
    assert_int_equal(a->right.variable, b->right.variable);
    same_text(a->left.text, b->left.text);
    same_text(a->right.text, b->right.text);
    assert_int_equal(a->op, b->op);
    assert_int_equal(a->method, b->method);
    if (a->method == PL_HOLDS_BY_SPECIFIER)
        same_specifier(&a->specifier, &b->specifier);
    assert_int_equal(a->version_valid, b->version_valid);
    if (a->version_valid)
        same_version(&a->version, &b->version);
}

static inline void same_marker(const struct pl_marker *a,
                               const struct pl_marker *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (!a || !b)
        return;
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->parenthesised, b->parenthesised);
    assert_int_equal(a->count, b->count);
    if (a->kind == PL_MARKER_COMPARISON)
        same_comparison(a->comparison, b->comparison);
    for (size_t i = 0; i < a->count; i++)
        same_marker(a->parts[i], b->parts[i]);
}

static inline void same_requirement(const struct pl_requirement *a,
                                    const struct pl_requirement *b)
{
    same_text(a->text, b->text);
    same_text(a->written_name, b->written_name);
    same_text(a->name, b->name);
    assert_int_equal(a->extra_count, b->extra_count);
    for (uint32_t i = 0; i < a->extra_count; i++)
        same_text(a->extras[i], b->extras[i]);
    same_specifier(&a->specifier, &b->specifier);
    same_text(a->url, b->url);
    same_marker(a->marker, b->marker);
}

#endif
