#include "pep/marker_choice.h"

#include "pep/marker_tree.h"
#include "pep/name.h"

struct chooser {
    struct pl_arena *arena;
    const struct pl_choice *choice;
};

static bool is_set(const struct pl_operand *operand)
{
    return operand->variable == PL_VAR_EXTRAS ||
           operand->variable == PL_VAR_DEPENDENCY_GROUPS;
}

static bool has(const struct chooser *c, const struct pl_str *names,
                size_t count, struct pl_str name)
{
    name = pl_name_normalize(c->arena, name);
    for (size_t i = 0; i < count; i++)
        if (pl_str_eq(pl_name_normalize(c->arena, names[i]), name))
            return true;
    return false;
}

/* Of a set only what is in it can be asked; all else has no meaning. */
static bool holds(const struct chooser *c, const struct pl_comparison *asked)
{
    const struct pl_choice *choice = c->choice;
    bool extras = asked->right.variable == PL_VAR_EXTRAS;
    if (!is_set(&asked->right) || asked->left.variable != PL_VAR_LITERAL)
        return false;
    bool found =
        extras ? has(c, choice->extras, choice->extra_count, asked->left.text)
               : has(c, choice->groups, choice->group_count, asked->left.text);
    if (asked->op == PL_CMP_NOT_IN)
        return !found;
    return asked->op == PL_CMP_IN && found;
}

static bool choose(const struct chooser *c, const struct pl_marker *marker,
                   const struct pl_marker **out);

/* *out: the parts that are left, joined as they were. */
static bool choose_parts(const struct chooser *c,
                         const struct pl_marker *marker,
                         const struct pl_marker **out)
{
    bool is_and = marker->kind == PL_MARKER_AND;
    const struct pl_marker **parts =
        pl_new_array(c->arena, const struct pl_marker *, marker->count);
    size_t count = 0;
    *out = NULL;
    for (size_t i = 0; i < marker->count; i++) {
        const struct pl_marker *left;
        bool possible = choose(c, marker->parts[i], &left);
        if (possible && left)
            parts[count++] = left;
        else if (possible != is_and)
            return possible;
    }
    if (!count)
        return is_and;
    if (count == 1) {
        *out = parts[0];
        return true;
    }
    struct pl_marker *made = pl_new(c->arena, struct pl_marker);
    *made = *marker;
    made->parts = parts;
    made->count = count;
    *out = made;
    return true;
}

static bool choose(const struct chooser *c, const struct pl_marker *marker,
                   const struct pl_marker **out)
{
    if (marker->kind != PL_MARKER_COMPARISON)
        return choose_parts(c, marker, out);
    if (is_set(&marker->comparison->left) ||
        is_set(&marker->comparison->right)) {
        *out = NULL;
        return holds(c, marker->comparison);
    }
    *out = marker;
    return true;
}

bool pl_marker_choose(struct pl_arena *arena, const struct pl_marker *marker,
                      const struct pl_choice *choice,
                      const struct pl_marker **out)
{
    struct chooser c = {arena, choice};
    *out = NULL;
    return !marker || choose(&c, marker, out);
}
