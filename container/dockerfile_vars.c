#include "container/dockerfile_vars.h"

#include "core/buf.h"
#include "core/limits.h"

static bool is_name_char(char c)
{
    return pl_is_alnum(c) || c == '_';
}

const struct pl_docker_value *
pl_docker_vars_get(const struct pl_docker_vars *vars, struct pl_str name)
{
    for (; vars; vars = vars->parent) {
        const struct pl_docker_value *value = pl_map_get(&vars->map, name);
        if (value)
            return value;
    }
    return NULL;
}

void pl_docker_vars_set(struct pl_docker_vars *vars, struct pl_str name,
                        struct pl_docker_value value)
{
    struct pl_docker_value *kept = pl_new(vars->arena, struct pl_docker_value);
    *kept = value;
    vars->map.arena = vars->arena;
    pl_map_put(&vars->map, name, kept);
}

/* ---- expanding ---- */

struct expansion {
    const struct pl_docker_vars *vars;
    struct pl_buf *out;
    unsigned depth;
};

static bool expand_dollar(struct expansion *e, struct pl_str text, size_t *at);

static bool may_work(const struct pl_docker_vars *vars, size_t bytes)
{
    if (!vars->work)
        return true;
    *vars->work += bytes;
    return *vars->work <= PL_MAX_DOCKER_WORK_BYTES;
}

/* Adds the value; false when it is not known or gets too long. */
static bool add_value(struct expansion *e, struct pl_str name, bool *is_set)
{
    const struct pl_docker_value *value = pl_docker_vars_get(e->vars, name);
    *is_set = value != NULL;
    if (!value)
        return e->vars->is_closed;
    if (!value->is_known || !may_work(e->vars, value->text.len))
        return false;
    pl_buf_add_str(e->out, value->text);
    return !e->out->over;
}

/* Text behind the operator of ${X:-text}. */
static bool expand_operand(struct expansion *e, struct pl_str text)
{
    bool known = true;
    if (e->depth >= PL_MAX_DOCKER_EXPAND_DEPTH)
        return false;
    e->depth++;
    for (size_t at = 0; at < text.len && known;) {
        char c = text.at[at];
        if (c == '$') {
            known = expand_dollar(e, text, &at);
            continue;
        }
        if (c != '"' && c != '\'')
            pl_buf_add_char(e->out, c);
        at++;
    }
    e->depth--;
    return known && !e->out->over;
}

/* The place of the '}' that ends what begins behind "${"; or text.len. */
static size_t brace_end(struct pl_str text, size_t at)
{
    unsigned depth = 1;
    for (; at < text.len; at++) {
        char c = text.at[at];
        if (c == '{' && text.at[at - 1] == '$')
            depth++;
        if (c == '}' && --depth == 0)
            return at;
    }
    return text.len;
}

/* "X", "X:-d" ... without braces. */
static bool expand_braced(struct expansion *e, struct pl_str inside)
{
    size_t end = 0, before = e->out->len;
    bool is_set;
    while (end < inside.len && is_name_char(inside.at[end]))
        end++;
    struct pl_str name = pl_str_sub(inside, 0, end);
    struct pl_str rest = pl_str_sub(inside, end, inside.len);
    if (!name.len)
        return false;
    bool known = add_value(e, name, &is_set);
    if (!rest.len)
        return known;
    bool colon = pl_str_starts(rest, ":");
    if (colon)
        rest = pl_str_sub(rest, 1, rest.len);
    char op = rest.len ? rest.at[0] : '\0';
    struct pl_str operand = pl_str_sub(rest, 1, rest.len);
    if (op == '?')
        return known;
    if (op != '-' && op != '+')
        return false;
    /* The base image may set it, and to anything. */
    if (is_set ? !known : !e->vars->is_closed)
        return false;
    bool counts = is_set && (!colon || e->out->len > before);
    if (counts == (op == '-'))
        return true;
    e->out->len = before;
    return expand_operand(e, operand);
}

static bool expand_dollar(struct expansion *e, struct pl_str text, size_t *at)
{
    size_t from = *at + 1, end = from;
    bool is_set;
    if (from < text.len && text.at[from] == '{') {
        end = brace_end(text, from + 1);
        *at = end < text.len ? end + 1 : end;
        return end < text.len &&
               expand_braced(e, pl_str_sub(text, from + 1, end));
    }
    while (end < text.len && is_name_char(text.at[end]))
        end++;
    *at = end;
    if (end > from && !pl_is_digit(text.at[from]))
        return add_value(e, pl_str_sub(text, from, end), &is_set);
    if (end > from)
        return false;
    if (from < text.len && strchr("*@#?$!-", text.at[from]) &&
        !pl_is_space(text.at[from])) {
        *at = from + 1;
        return false;
    }
    pl_buf_add_char(e->out, '$');
    return true;
}

bool pl_docker_vars_dollar(const struct pl_docker_vars *vars,
                           struct pl_str text, size_t *at, struct pl_buf *out)
{
    PL_BUF(value, PL_MAX_DOCKER_VALUE_BYTES);
    struct expansion e = {.vars = vars, .out = &value};
    size_t from = *at;
    bool known = expand_dollar(&e, text, at) && pl_buf_ok(&value);
    pl_buf_add_str(out,
                   known ? pl_buf_view(&value) : pl_str_sub(text, from, *at));
    return known;
}

/* ---- Docker's quotes ---- */

/* One character, or all of a variable, goes from text to out. */
static bool expand_one(const struct pl_docker_vars *vars, struct pl_str text,
                       size_t *at, char escape, char *quote, struct pl_buf *out)
{
    char c = text.at[*at];
    if (c == '$' && *quote != '\'')
        return pl_docker_vars_dollar(vars, text, at, out);
    ++*at;
    if (c == *quote) {
        *quote = '\0';
        return true;
    }
    if (!*quote && (c == '"' || c == '\'')) {
        *quote = c;
        return true;
    }
    if (c == escape && *quote != '\'' && *at < text.len)
        c = text.at[(*at)++];
    pl_buf_add_char(out, c);
    return true;
}

struct pl_docker_value pl_docker_expand(const struct pl_docker_vars *vars,
                                        struct pl_str text, char escape)
{
    PL_BUF(out, PL_MAX_DOCKER_VALUE_BYTES);
    struct pl_docker_value value = {.is_known = true};
    char quote = '\0';
    if (!may_work(vars, text.len))
        return (struct pl_docker_value){0};
    for (size_t at = 0; at < text.len;)
        value.is_known &= expand_one(vars, text, &at, escape, &quote, &out);
    value.is_known &= pl_buf_ok(&out);
    value.text = pl_arena_dup(vars->arena, pl_buf_view(&out));
    return value;
}

bool pl_docker_next_word(struct pl_str text, size_t *at, char escape,
                         struct pl_str *word)
{
    char quote = '\0';
    while (*at < text.len && pl_is_space(text.at[*at]))
        ++*at;
    size_t from = *at;
    for (; *at < text.len; ++*at) {
        char c = text.at[*at];
        if (!quote && pl_is_space(c))
            break;
        if (c == escape && quote != '\'' && *at + 1 < text.len)
            ++*at;
        else if (c == quote)
            quote = '\0';
        else if (!quote && (c == '"' || c == '\''))
            quote = c;
    }
    *word = pl_str_sub(text, from, *at);
    return *at > from;
}

/* ---- ARG and ENV ---- */

struct taking {
    struct pl_docker_vars *vars;
    const struct pl_docker_vars *global;
    const struct pl_docker_instruction *instruction;
    char escape;
};

static void take_arg(const struct taking *t, struct pl_str name,
                     struct pl_docker_value value, bool has_value)
{
    const struct pl_docker_value *known = pl_docker_vars_get(t->vars, name);
    if (known && known->is_env)
        return;
    if (!has_value) {
        const struct pl_docker_value *global =
            t->global ? pl_docker_vars_get(t->global, name) : NULL;
        /* Without a default it is what --build-arg says. */
        value = global ? *global : (struct pl_docker_value){0};
    }
    pl_docker_vars_set(t->vars, name, value);
}

static void take_word(const struct taking *t, struct pl_str word)
{
    bool has_value = pl_str_has(word, '=');
    struct pl_str name, rest = word;
    (void)pl_str_cut(&rest, '=', &name);
    if (!name.len)
        return;
    struct pl_docker_value value = {0};
    if (has_value)
        value = pl_docker_expand(t->vars, rest, t->escape);
    value.span = pl_joined_span(
        &t->instruction->rest, (size_t)(word.at - t->instruction->rest.text.at),
        (size_t)(word.at - t->instruction->rest.text.at) + word.len);
    if (t->instruction->kind == PL_DOCKER_ARG) {
        take_arg(t, name, value, has_value);
        return;
    }
    value.is_env = true;
    pl_docker_vars_set(t->vars, name, value);
}

/* The old form: "ENV NAME the whole rest". */
static void take_old_env(const struct taking *t, struct pl_str name, size_t at)
{
    struct pl_str text = t->instruction->rest.text;
    struct pl_str rest = pl_str_trim(pl_str_sub(text, at, text.len));
    struct pl_docker_value value = pl_docker_expand(t->vars, rest, t->escape);
    value.is_env = true;
    value.span = pl_joined_span(&t->instruction->rest, 0, text.len);
    pl_docker_vars_set(t->vars, name, value);
}

void pl_docker_vars_take(struct pl_docker_vars *vars,
                         const struct pl_docker_vars *global, char escape,
                         const struct pl_docker_instruction *instruction)
{
    struct taking t = {vars, global, instruction, escape};
    struct pl_str text = instruction->rest.text, word;
    size_t at = 0;
    if (!pl_docker_next_word(text, &at, escape, &word))
        return;
    if (instruction->kind == PL_DOCKER_ENV && !pl_str_has(word, '=')) {
        take_old_env(&t, word, at);
        return;
    }
    do
        take_word(&t, word);
    while (pl_docker_next_word(text, &at, escape, &word));
}
