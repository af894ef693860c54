#include "cli/options.h"

#include <limits.h>

#include "cli/nearest.h"
#include "core/vec.h"

struct parser {
    struct pl_arena *arena;
    const struct pl_option_table *tables;
    size_t table_count;
    const char *const *words; /* the next one */
    const char *command;
    struct pl_parsed *out;
    struct pl_error *err;
};

/* An option with the struct that holds its value. */
struct place {
    const struct pl_option *option;
    char *value;
};

/* What the user wrote: "--format", or the variable's name. */
struct origin {
    struct pl_str shown;
    struct pl_str variable;
};

const char *pl_vars_get(const char *const *vars, struct pl_str name)
{
    for (; vars && *vars; vars++) {
        struct pl_str var = pl_str_from(*vars);
        if (var.len > name.len + 1 && var.at[name.len] == '=' &&
            pl_str_eq(pl_str_sub(var, 0, name.len), name))
            return *vars + name.len + 1;
    }
    return NULL;
}

struct pl_str pl_option_variable(struct pl_arena *arena,
                                 const struct pl_option *option)
{
    struct pl_str name = pl_str_from(option->name);
    struct pl_str prefix = PL_STR("PODLOCK_");
    char *at = pl_new_array(arena, char, prefix.len + name.len + 1);
    memcpy(at, prefix.at, prefix.len);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool lower = c >= 'a' && c <= 'z';
        at[prefix.len + i] = lower ? (char)(c - 'a' + 'A') : '_';
    }
    return (struct pl_str){at, prefix.len + name.len};
}

struct pl_str pl_option_choice(const struct pl_option *option, unsigned i)
{
    struct pl_str rest = pl_str_from(option->value), part = {0};
    for (unsigned n = 0; n <= i; n++)
        if (!pl_str_cut(&rest, '|', &part))
            return (struct pl_str){0};
    return part;
}

/* ---- finding ---- */

static struct place place_at(const struct pl_option_table *table, size_t i)
{
    const struct pl_option *option = &table->options[i];
    return (struct place){option, (char *)table->values + option->offset};
}

static bool find_exact(const struct parser *p, struct pl_str name,
                       struct place *out)
{
    for (size_t t = 0; t < p->table_count; t++)
        for (size_t i = 0; i < p->tables[t].count; i++)
            if (pl_str_is(name, p->tables[t].options[i].name)) {
                *out = place_at(&p->tables[t], i);
                return true;
            }
    return false;
}

/* The option that another name is for. */
static struct place follow(const struct parser *p, struct place place)
{
    if (place.option->kind == PL_OPTION_SAME)
        (void)!find_exact(p, pl_str_from(place.option->value), &place);
    return place;
}

static bool find_name(const struct parser *p, struct pl_str name,
                      struct place *out)
{
    if (!find_exact(p, name, out))
        return false;
    *out = follow(p, *out);
    return true;
}

static bool find_letter(const struct parser *p, char letter, struct place *out)
{
    for (size_t t = 0; t < p->table_count; t++)
        for (size_t i = 0; i < p->tables[t].count; i++)
            if (p->tables[t].options[i].letter == letter) {
                *out = place_at(&p->tables[t], i);
                return true;
            }
    return false;
}

static bool unknown_name(const struct parser *p, struct pl_str name)
{
    struct pl_nearest nearest = pl_nearest_to(name);
    for (size_t t = 0; t < p->table_count; t++)
        for (size_t i = 0; i < p->tables[t].count; i++)
            if (p->tables[t].options[i].kind != PL_OPTION_LATER)
                pl_nearest_try(&nearest,
                               pl_str_from(p->tables[t].options[i].name));
    pl_error_plain(p->err, PL_ERR_USAGE, "there is no option `--%.*s`",
                   PL_STR_ARG(name));
    if (nearest.found.len)
        return pl_error_hint(p->err, "did you mean `--%.*s`?",
                             PL_STR_ARG(nearest.found));
    return pl_error_hint(p->err, "`%s --help` lists the options", p->command);
}

static bool unknown_letter(const struct parser *p, char letter)
{
    pl_error_plain(p->err, PL_ERR_USAGE, "there is no option `-%c`", letter);
    return pl_error_hint(p->err, "`%s --help` lists the options", p->command);
}

/* ---- remembering who supplied what ---- */

static struct pl_supplied *supplied_of(const struct pl_parsed *parsed,
                                       const struct pl_option *option)
{
    for (size_t i = 0; i < parsed->supplied_count; i++)
        if (parsed->supplied[i].option == option)
            return &parsed->supplied[i];
    return NULL;
}

static void forget_value(struct place place)
{
    if (place.option->kind == PL_OPTION_LIST)
        ((struct pl_strs *)place.value)->len = 0;
    if (place.option->kind == PL_OPTION_COUNT)
        *(unsigned *)place.value = 0;
}

static void remember(struct parser *p, struct place place,
                     const struct origin *origin, struct pl_str value)
{
    struct pl_parsed *out = p->out;
    struct pl_supplied *old = supplied_of(out, place.option);
    if (!old) {
        if (out->supplied_count == out->supplied_cap)
            out->supplied =
                pl_vec_grow(p->arena, out->supplied, out->supplied_count,
                            &out->supplied_cap, sizeof(*out->supplied));
        old = &out->supplied[out->supplied_count++];
        *old = (struct pl_supplied){.option = place.option,
                                    .variable = origin->variable};
    }
    if (!pl_str_eq(old->variable, origin->variable))
        forget_value(place);
    old->variable = origin->variable;
    old->value = value;
}

struct pl_str pl_parsed_source(struct pl_arena *arena,
                               const struct pl_parsed *parsed, const char *name)
{
    for (size_t i = 0; i < parsed->supplied_count; i++) {
        const struct pl_supplied *s = &parsed->supplied[i];
        if (pl_str_is(pl_str_from(name), s->option->name))
            return s->variable.len ? s->variable
                                   : pl_arena_printf(arena, "--%s", name);
    }
    return (struct pl_str){0};
}

/* ---- setting ---- */

static bool set_choice(struct parser *p, struct place place,
                       const struct origin *origin, struct pl_str value)
{
    struct pl_str rest = pl_str_from(place.option->value), choice;
    struct pl_nearest nearest = pl_nearest_to(value);
    for (unsigned i = 0; pl_str_cut(&rest, '|', &choice); i++) {
        if (pl_str_eq(choice, value)) {
            *(unsigned *)place.value = i;
            return true;
        }
        pl_nearest_try(&nearest, choice);
    }
    pl_error_plain(p->err, PL_ERR_USAGE, "%.*s takes %s, not `%.*s`",
                   PL_STR_ARG(origin->shown), place.option->value,
                   PL_STR_ARG(value));
    if (nearest.found.len)
        return pl_error_hint(p->err, "did you mean `%.*s`?",
                             PL_STR_ARG(nearest.found));
    return false;
}

static bool parse_switch(struct parser *p, const struct origin *origin,
                         struct pl_str text, bool *out)
{
    static const char *const words[] = {"0",  "1",   "false", "true",
                                        "no", "yes", "off",   "on"};
    for (size_t i = 0; i < PL_COUNT(words); i++)
        if (pl_str_is_nocase(text, words[i])) {
            *out = i % 2;
            return true;
        }
    return pl_error_plain(p->err, PL_ERR_USAGE, "%.*s takes 1 or 0, not `%.*s`",
                          PL_STR_ARG(origin->shown), PL_STR_ARG(text));
}

static bool set_count(struct parser *p, struct place place,
                      const struct origin *origin, struct pl_str value)
{
    uint64_t n = *(unsigned *)place.value + 1u;
    if (origin->variable.len && (!pl_str_to_u64(value, &n) || n > UINT_MAX))
        return pl_error_plain(p->err, PL_ERR_USAGE,
                              "%.*s takes a number, not `%.*s`",
                              PL_STR_ARG(origin->shown), PL_STR_ARG(value));
    *(unsigned *)place.value = (unsigned)n;
    return true;
}

static bool set_flag(struct parser *p, struct place place,
                     const struct origin *origin, struct pl_str value)
{
    if (origin->variable.len)
        return parse_switch(p, origin, value, (bool *)place.value);
    *(bool *)place.value = true;
    return true;
}

static void set_list(struct parser *p, struct place place,
                     const struct origin *origin, struct pl_str value)
{
    struct pl_strs *list = (struct pl_strs *)place.value;
    if (!origin->variable.len) {
        pl_vec_push(p->arena, list, value);
        return;
    }
    for (size_t i = 0; i < value.len;) {
        size_t start = i;
        while (i < value.len && !pl_is_space(value.at[i]))
            i++;
        if (i > start)
            pl_vec_push(p->arena, list, pl_str_sub(value, start, i));
        i += i < value.len;
    }
}

static bool set_value(struct parser *p, struct place place,
                      const struct origin *origin, struct pl_str value);

static bool set_alias(struct parser *p, struct place place,
                      const struct origin *origin, struct pl_str value)
{
    bool on = true;
    if (origin->variable.len && !parse_switch(p, origin, value, &on))
        return false;
    struct pl_str rest = pl_str_from(place.option->value), target = {0};
    struct place other;
    if (!on || !pl_str_cut(&rest, '=', &target) ||
        !find_name(p, target, &other))
        return true;
    return set_value(p, other, origin, rest);
}

static bool refuse_later(struct parser *p, const struct pl_option *option,
                         const struct origin *origin)
{
    pl_error_plain(p->err, PL_ERR_USAGE, "%.*s is not in this version",
                   PL_STR_ARG(origin->shown));
    return option->help ? pl_error_hint(p->err, "%s", option->help) : false;
}

/* An unset variable in quotes, mostly: nobody means the default by it. */
static bool refuse_empty(struct parser *p, const struct place *place,
                         const struct origin *origin, struct pl_str value)
{
    enum pl_option_kind kind = place->option->kind;
    bool takes_text = kind == PL_OPTION_VALUE || kind == PL_OPTION_LIST;
    return value.len || origin->variable.len || !takes_text ||
           pl_error_plain(p->err, PL_ERR_USAGE, "%.*s is given an empty text",
                          PL_STR_ARG(origin->shown));
}

static bool set_value(struct parser *p, struct place place,
                      const struct origin *origin, struct pl_str value)
{
    if (!refuse_empty(p, &place, origin, value))
        return false;
    if (place.option->kind != PL_OPTION_ALIAS)
        remember(p, place, origin, value);
    switch (place.option->kind) {
    case PL_OPTION_FLAG:
    case PL_OPTION_ASK:
        return set_flag(p, place, origin, value);
    case PL_OPTION_COUNT:
        return set_count(p, place, origin, value);
    case PL_OPTION_VALUE:
        *(struct pl_str *)place.value = value;
        return true;
    case PL_OPTION_LIST:
        set_list(p, place, origin, value);
        return true;
    case PL_OPTION_CHOICE:
        return set_choice(p, place, origin, value);
    case PL_OPTION_ALIAS:
        return set_alias(p, place, origin, value);
    case PL_OPTION_SAME:
    case PL_OPTION_LATER:
        break;
    }
    return refuse_later(p, place.option, origin);
}

/* ---- variables ---- */

static bool set_from_variable(struct parser *p, struct place place,
                              const char *const *vars, struct pl_str name,
                              bool *found)
{
    const char *value = pl_vars_get(vars, name);
    *found = value != NULL;
    if (!value)
        return true;
    struct origin origin = {.shown = name, .variable = name};
    return set_value(p, place, &origin, pl_str_from(value));
}

static bool read_variables_of(struct parser *p, struct place place,
                              const char *const *vars)
{
    bool found;
    struct place target = follow(p, place);
    if (place.option->kind == PL_OPTION_ASK)
        return true;
    if (!set_from_variable(p, target, vars,
                           pl_option_variable(p->arena, place.option), &found))
        return false;
    struct pl_str rest = pl_str_from(place.option->foreign), name;
    while (!found && rest.len && pl_str_cut(&rest, ' ', &name))
        if (!set_from_variable(p, target, vars, name, &found))
            return false;
    return true;
}

static bool read_variables(struct parser *p, const char *const *vars)
{
    for (size_t t = 0; t < p->table_count; t++)
        for (size_t i = 0; i < p->tables[t].count; i++)
            if (!read_variables_of(p, place_at(&p->tables[t], i), vars))
                return false;
    return true;
}

/* ---- words ---- */

static bool takes_value(const struct pl_option *option)
{
    return option->kind == PL_OPTION_VALUE || option->kind == PL_OPTION_LIST ||
           option->kind == PL_OPTION_CHOICE;
}

static bool next_value(struct parser *p, const struct pl_option *option,
                       const struct origin *origin, struct pl_str *value)
{
    if (!*p->words)
        return pl_error_plain(p->err, PL_ERR_USAGE, "%.*s wants a value: %s",
                              PL_STR_ARG(origin->shown), option->value);
    *value = pl_str_from(*p->words++);
    return true;
}

static bool read_long(struct parser *p, struct pl_str word)
{
    struct pl_str value = pl_str_sub(word, 2, word.len), name = value;
    struct place place;
    pl_str_cut(&value, '=', &name);
    bool has_value = name.len + 2 < word.len;
    if (!find_name(p, name, &place))
        return unknown_name(p, name);

    struct origin origin = {
        .shown = pl_arena_printf(p->arena, "`--%.*s`", PL_STR_ARG(name))};
    if (!takes_value(place.option)) {
        if (has_value && place.option->kind != PL_OPTION_LATER)
            return pl_error_plain(p->err, PL_ERR_USAGE, "%.*s takes no value",
                                  PL_STR_ARG(origin.shown));
    } else if (!has_value && !next_value(p, place.option, &origin, &value)) {
        return false;
    }
    return set_value(p, place, &origin, value);
}

static bool read_letters(struct parser *p, struct pl_str letters)
{
    for (size_t i = 0; i < letters.len; i++) {
        struct place place;
        if (!find_letter(p, letters.at[i], &place))
            return unknown_letter(p, letters.at[i]);
        struct origin origin = {
            .shown = pl_arena_printf(p->arena, "`-%c`", letters.at[i])};
        bool wants = takes_value(place.option);
        struct pl_str value = {0};
        if (wants)
            value = pl_str_sub(letters, i + 1, letters.len);
        if (wants && !value.len &&
            !next_value(p, place.option, &origin, &value))
            return false;
        if (!set_value(p, place, &origin, value))
            return false;
        if (wants)
            return true;
    }
    return true;
}

static bool read_option(struct parser *p, struct pl_str word)
{
    return word.at[1] == '-' ? read_long(p, word)
                             : read_letters(p, pl_str_sub(word, 1, word.len));
}

static bool read_words(struct parser *p)
{
    bool only_args = false;
    while (*p->words) {
        struct pl_str word = pl_str_from(*p->words++);
        if (only_args || word.len < 2 || word.at[0] != '-')
            pl_vec_push(p->arena, &p->out->args, word);
        else if (pl_str_is(word, "--"))
            only_args = true;
        else if (!read_option(p, word))
            return false;
    }
    return true;
}

bool pl_options_parse(struct pl_arena *arena,
                      const struct pl_option_table *tables, size_t table_count,
                      const char *const *words, const char *const *vars,
                      const char *command, struct pl_parsed *out,
                      struct pl_error *err)
{
    struct parser p = {.arena = arena,
                       .tables = tables,
                       .table_count = table_count,
                       .words = words,
                       .command = command,
                       .out = out,
                       .err = err};
    *out = (struct pl_parsed){0};
    return read_variables(&p, vars) && read_words(&p);
}

bool pl_option_named(const struct pl_option *option, const char *const *names,
                     size_t count)
{
    struct pl_str name = pl_str_from(option->name);
    for (size_t i = 0; i < count; i++)
        if (pl_str_is(name, names[i]))
            return true;
    return false;
}

bool pl_strs_eq(const struct pl_strs *a, const struct pl_strs *b)
{
    if (a->len != b->len)
        return false;
    for (size_t i = 0; i < a->len; i++)
        if (!pl_str_eq(a->at[i], b->at[i]))
            return false;
    return true;
}
