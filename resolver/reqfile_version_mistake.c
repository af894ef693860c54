#include "resolver/reqfile_internal.h"

#include "core/buf.h"
#include "core/limits.h"

/*
 * What follows the name, cut into pieces: the sequence of their kinds tells
 * the mistakes apart.
 */
enum token_kind { TOKEN_NONE, TOKEN_OPERATOR, TOKEN_COMMA, TOKEN_WORD };

struct token {
    enum token_kind kind;
    struct pl_str text;
};

struct scan {
    struct pl_str text; /* the whole requirement */
    struct pl_str name; /* with its extras */
    struct pl_cursor c; /* what is left of the version part */
    struct token before;
    bool seen_operator;
    struct pl_error *err;
};

static bool is_operator(char c)
{
    return pl_str_has(PL_STR("=<>!~^"), c);
}

static bool is_name(char c)
{
    return pl_is_alnum(c) || c == '-' || c == '_' || c == '.';
}

static bool is_word(char c)
{
    return !pl_is_space(c) && !is_operator(c) && c != ',' && c != '(' &&
           c != ')';
}

/* Spaces, and brackets, which say nothing here. */
static bool is_filler(char c)
{
    return pl_is_space(c) || c == '(' || c == ')';
}

static struct token take_token(struct scan *s)
{
    pl_cursor_span(&s->c, is_filler);
    struct pl_str rest = pl_cursor_rest(&s->c);
    if (pl_cursor_take(&s->c, ','))
        return (struct token){TOKEN_COMMA, pl_str_sub(rest, 0, 1)};
    struct pl_str text = pl_cursor_span(&s->c, is_operator);
    if (text.len)
        return (struct token){TOKEN_OPERATOR, text};
    text = pl_cursor_span(&s->c, is_word);
    return (struct token){text.len ? TOKEN_WORD : TOKEN_NONE, text};
}

static struct pl_span span_of(const struct scan *s, struct pl_str view)
{
    uint32_t begin = (uint32_t)(view.at - s->text.at);
    return (struct pl_span){.begin = begin, .end = begin + (uint32_t)view.len};
}

static struct pl_str unquoted(struct pl_str word)
{
    while (word.len && (word.at[0] == '"' || word.at[0] == '\''))
        word = pl_str_sub(word, 1, word.len);
    while (pl_str_ends(word, "\"") || pl_str_ends(word, "'"))
        word.len--;
    return word;
}

/* ---- operators ---- */

static const char *const operator_fixes[][2] = {
    {"=>", ">="},  {"=<", "<="},  {"=~", "~="},  {"=!", "!="},   {"<>", "!="},
    {"~", "~="},   {"!", "!="},   {"=>=", ">="}, {"=<=", "<="},  {"~>", "~="},
    {"!==", "!="}, {">==", ">="}, {"<==", "<="}, {"====", "=="},
};

/* "1.2" gives "2", "0.3" gives "0.4": where a caret's range ends. */
static struct pl_str caret_end(struct pl_arena *arena, struct pl_str version)
{
    PL_BUF(out, PL_MAX_VERSION_BYTES);
    struct pl_str rest = version, part;
    uint64_t number;
    while (pl_str_cut(&rest, '.', &part)) {
        if (!pl_str_to_u64(part, &number))
            return (struct pl_str){0};
        if (number || !rest.len) {
            pl_buf_addf(&out, "%llu", (unsigned long long)number + 1);
            break;
        }
        pl_buf_add_cstr(&out, "0.");
    }
    return pl_arena_dup(arena, pl_buf_view(&out));
}

static bool fail_caret(struct scan *s, struct pl_str op, struct pl_str version)
{
    struct pl_str end = {0};
    if (s->err->arena)
        end = caret_end(s->err->arena, version);
    pl_error_set(s->err, PL_ERR_INPUT, span_of(s, op),
                 "`^` is an operator of Poetry and npm, not of Python");
    if (end.len)
        pl_error_hint(s->err, "write `%.*s>=%.*s,<%.*s`", PL_STR_ARG(s->name),
                      PL_STR_ARG(version), PL_STR_ARG(end));
    return true;
}

/* "numpy=1.26", "numpy=1.26=py311", "numpy = '^1.26'" */
static bool fail_single_equals(struct scan *s, struct pl_str op)
{
    struct token word = take_token(s);
    struct pl_str version = unquoted(word.text);
    struct token next = take_token(s);
    if (!version.len && next.kind == TOKEN_OPERATOR &&
        pl_str_is(next.text, "^"))
        return fail_caret(s, next.text, unquoted(take_token(s).text));
    if (next.kind == TOKEN_OPERATOR && pl_str_is(next.text, "=")) {
        pl_error_set(s->err, PL_ERR_INPUT, span_of(s, op),
                     "a build of conda, not a requirement");
        pl_error_hint(s->err,
                      "write `%.*s==%.*s`, and mind that its name on "
                      "PyPI may differ",
                      PL_STR_ARG(s->name), PL_STR_ARG(version));
        return true;
    }
    pl_error_set(s->err, PL_ERR_INPUT, span_of(s, op), "`=` is no operator");
    if (version.len && pl_is_digit(version.at[0]))
        pl_error_hint(s->err, "did you mean `%.*s==%.*s`?", PL_STR_ARG(s->name),
                      PL_STR_ARG(version));
    else if (pl_str_is(version, "*"))
        pl_error_hint(s->err, "write `%.*s` alone for any version",
                      PL_STR_ARG(s->name));
    else
        pl_error_hint(s->err, "versions are compared with ==, >=, <=, <, > "
                              "and ~=");
    return true;
}

static bool check_operator(struct scan *s, struct token token)
{
    if (pl_str_is(token.text, "="))
        return fail_single_equals(s, token.text);
    if (pl_str_is(token.text, "^"))
        return fail_caret(s, token.text, unquoted(take_token(s).text));
    for (size_t i = 0; i < PL_COUNT(operator_fixes); i++) {
        if (!pl_str_is(token.text, operator_fixes[i][0]))
            continue;
        pl_error_set(s->err, PL_ERR_INPUT, span_of(s, token.text),
                     "`%.*s` is no operator", PL_STR_ARG(token.text));
        pl_error_hint(s->err, "did you mean `%s`?", operator_fixes[i][1]);
        return true;
    }
    return false;
}

/* ---- pairs ---- */

static bool fail_missing_comma(struct scan *s, struct pl_str op)
{
    size_t at = (size_t)(op.at - s->text.at);
    struct pl_str left = pl_str_trim(pl_str_sub(s->text, 0, at));
    struct pl_str right = pl_str_sub(s->text, at, s->text.len);
    pl_error_set(s->err, PL_ERR_INPUT, span_of(s, op),
                 "a comma is missing before `%.*s`", PL_STR_ARG(op));
    pl_error_hint(s->err, "write `%.*s,%.*s`", PL_STR_ARG(left),
                  PL_STR_ARG(right));
    return true;
}

static bool fail_no_version(struct scan *s, struct pl_str op)
{
    pl_error_set(s->err, PL_ERR_INPUT, span_of(s, op),
                 "no version after `%.*s`", PL_STR_ARG(op));
    pl_error_hint(s->err, "add the version, or write `%.*s` alone for any",
                  PL_STR_ARG(s->name));
    return true;
}

static bool fail_split_operator(struct scan *s, struct pl_str first,
                                struct pl_str second)
{
    struct pl_str both = {first.at,
                          (size_t)(second.at - first.at) + second.len};
    pl_error_set(s->err, PL_ERR_INPUT, span_of(s, both),
                 "an operator with a space in it");
    pl_error_hint(s->err, "write `%.*s%.*s`", PL_STR_ARG(first),
                  PL_STR_ARG(second));
    return true;
}

static bool is_connective(struct pl_str word)
{
    return pl_str_is(word, "and") || pl_str_is(word, "&&") ||
           pl_str_is(word, "&") || pl_str_is(word, "or") ||
           pl_str_is(word, "||");
}

static bool fail_second(struct scan *s, struct pl_str word)
{
    pl_error_set(s->err, PL_ERR_INPUT, span_of(s, word),
                 "a second requirement on the line");
    pl_error_hint(s->err, "put each requirement on its own line");
    return true;
}

/* In a requirements file options were taken off before. */
static bool fail_option(struct scan *s, struct pl_str word)
{
    pl_error_set(s->err, PL_ERR_INPUT, span_of(s, word),
                 "an option, which only a requirements file can have");
    pl_error_hint(s->err, "remove it");
    return true;
}

static bool fail_colon(struct scan *s, struct pl_str word)
{
    struct pl_str version = pl_str_sub(word, 1, word.len);
    pl_error_set(s->err, PL_ERR_INPUT, span_of(s, word), "`:` is no operator");
    pl_error_hint(s->err, "did you mean `%.*s==%.*s`?", PL_STR_ARG(s->name),
                  PL_STR_ARG(version));
    return true;
}

/* A word where `;`, a comma or the end belongs. */
static bool fail_word(struct scan *s, struct pl_str word)
{
    struct pl_cursor c = pl_cursor_from(word);
    struct pl_str name = pl_cursor_span(&c, is_name);
    if (pl_reqmistake_is_marker_variable(name) || pl_str_is(word, "if")) {
        pl_error_set(s->err, PL_ERR_INPUT, span_of(s, word),
                     "a marker without the `;` before it");
        pl_error_hint(s->err, "write `;` before the condition");
        return true;
    }
    if (is_connective(word)) {
        pl_error_set(s->err, PL_ERR_INPUT, span_of(s, word),
                     "`%.*s` between versions", PL_STR_ARG(word));
        if (word.at[0] == 'o' || word.at[0] == '|')
            pl_error_hint(s->err, "all of them must hold: there is no `or`");
        else
            pl_error_hint(s->err, "write a comma");
        return true;
    }
    if (pl_str_starts(word, "--"))
        return fail_option(s, word);
    if (word.at[0] == ':' && word.len > 1 && pl_is_digit(word.at[1]))
        return fail_colon(s, word);
    if (!name.len || name.len < word.len)
        return false;
    if (!pl_is_digit(name.at[0]))
        return fail_second(s, word);
    pl_error_set(s->err, PL_ERR_INPUT, span_of(s, word),
                 "an operator is missing before `%.*s`", PL_STR_ARG(word));
    pl_error_hint(s->err, "did you mean `%.*s==%.*s`?", PL_STR_ARG(s->name),
                  PL_STR_ARG(word));
    return true;
}

/* ---- versions ---- */

static bool fail_wildcard(struct scan *s, struct pl_str op, struct pl_str word)
{
    struct pl_str plain = word;
    while (pl_str_ends(plain, "*") || pl_str_ends(plain, "."))
        plain.len--;
    pl_error_set(s->err, PL_ERR_INPUT, span_of(s, word),
                 "`*` goes with == and != only");
    if (plain.len)
        pl_error_hint(s->err, "write `%.*s%.*s`", PL_STR_ARG(op),
                      PL_STR_ARG(plain));
    else
        pl_error_hint(s->err, "write `%.*s` alone for any version",
                      PL_STR_ARG(s->name));
    return true;
}

static bool check_version(struct scan *s, struct pl_str op, struct pl_str word)
{
    struct pl_str plain = unquoted(word);
    if (plain.len < word.len) {
        pl_error_set(s->err, PL_ERR_INPUT, span_of(s, word),
                     "no quotes around a version");
        pl_error_hint(s->err, "write `%.*s%.*s`", PL_STR_ARG(op),
                      PL_STR_ARG(plain));
        return true;
    }
    bool equality = pl_str_is(op, "==") || pl_str_is(op, "!=");
    if (pl_str_is(word, "*") || (!equality && pl_str_ends(word, ".*")))
        return fail_wildcard(s, op, word);
    if (!pl_str_is_nocase(word, "latest") && !pl_str_is_nocase(word, "any"))
        return false;
    pl_error_set(s->err, PL_ERR_INPUT, span_of(s, word), "`%.*s` is no version",
                 PL_STR_ARG(word));
    pl_error_hint(s->err, "write `%.*s` alone: the newest that fits is taken",
                  PL_STR_ARG(s->name));
    return true;
}

/* ---- the walk ---- */

static bool check_pair(struct scan *s, struct token token)
{
    struct token before = s->before;
    switch (token.kind) {
    case TOKEN_OPERATOR:
        if (before.kind == TOKEN_OPERATOR)
            return fail_split_operator(s, before.text, token.text);
        if (before.kind == TOKEN_WORD && s->seen_operator)
            return fail_missing_comma(s, token.text);
        return check_operator(s, token);
    case TOKEN_WORD:
        if (before.kind == TOKEN_OPERATOR)
            return check_version(s, before.text, token.text);
        return fail_word(s, token.text);
    case TOKEN_COMMA:
    case TOKEN_NONE:
        break;
    }
    return before.kind == TOKEN_OPERATOR && fail_no_version(s, before.text);
}

static struct pl_str take_name(struct pl_str text)
{
    struct pl_cursor c = pl_cursor_from(text);
    if (!pl_cursor_span(&c, is_name).len)
        return (struct pl_str){0};
    struct pl_cursor before = c;
    pl_cursor_skip_space(&c);
    struct pl_str rest = pl_cursor_rest(&c);
    size_t close = pl_str_find(rest, ']');
    if (pl_str_starts(rest, "[") && close < rest.len)
        return pl_str_sub(text, 0, pl_cursor_offset(&c) + close + 1);
    return pl_str_sub(text, 0, pl_cursor_offset(&before));
}

bool pl_reqmistake_version(struct pl_str text, struct pl_error *err)
{
    struct pl_str before = pl_str_sub(text, 0, pl_str_find(text, ';'));
    struct scan s = {
        .text = pl_str_trim(before),
        .name = take_name(text),
        .err = err,
    };
    if (!s.name.len || pl_str_has(s.text, '[') != pl_str_has(s.name, '['))
        return false;
    s.c = pl_cursor_from(pl_str_sub(s.text, s.name.len, s.text.len));
    struct token token;
    do {
        token = take_token(&s);
        if (check_pair(&s, token))
            return true;
        s.seen_operator |= token.kind == TOKEN_OPERATOR;
        s.before = token;
    } while (token.kind != TOKEN_NONE);
    return false;
}
