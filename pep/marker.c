#include "pep/marker.h"

#include "core/limits.h"
#include "core/vec.h"
#include "pep/marker_tree.h"
#include "pep/name.h"

#define SPELLING(text, variable)                                               \
    {                                                                          \
        {text, sizeof(text) - 1}, variable                                     \
    }

/* The first spelling of each is the one that is printed. */
static const struct spelling {
    struct pl_str text;
    enum pl_marker_variable variable;
} spellings[] = {
    SPELLING("implementation_name", PL_VAR_IMPLEMENTATION_NAME),
    SPELLING("implementation_version", PL_VAR_IMPLEMENTATION_VERSION),
    SPELLING("os_name", PL_VAR_OS_NAME),
    SPELLING("platform_machine", PL_VAR_PLATFORM_MACHINE),
    SPELLING("platform_python_implementation",
             PL_VAR_PLATFORM_PYTHON_IMPLEMENTATION),
    SPELLING("platform_release", PL_VAR_PLATFORM_RELEASE),
    SPELLING("platform_system", PL_VAR_PLATFORM_SYSTEM),
    SPELLING("platform_version", PL_VAR_PLATFORM_VERSION),
    SPELLING("python_full_version", PL_VAR_PYTHON_FULL_VERSION),
    SPELLING("python_version", PL_VAR_PYTHON_VERSION),
    SPELLING("sys_platform", PL_VAR_SYS_PLATFORM),
    SPELLING("extra", PL_VAR_EXTRA),
    SPELLING("extras", PL_VAR_EXTRAS),
    SPELLING("dependency_groups", PL_VAR_DEPENDENCY_GROUPS),
    /* From PEP 345 and setuptools; metadata of old releases has them. */
    SPELLING("os.name", PL_VAR_OS_NAME),
    SPELLING("platform.machine", PL_VAR_PLATFORM_MACHINE),
    SPELLING("platform.python_implementation",
             PL_VAR_PLATFORM_PYTHON_IMPLEMENTATION),
    SPELLING("platform.version", PL_VAR_PLATFORM_VERSION),
    SPELLING("python_implementation", PL_VAR_PLATFORM_PYTHON_IMPLEMENTATION),
    SPELLING("sys.platform", PL_VAR_SYS_PLATFORM),
};

static const char *const op_texts[] = {
    [PL_CMP_LT] = "<",          [PL_CMP_LE] = "<=",
    [PL_CMP_EQ] = "==",         [PL_CMP_NE] = "!=",
    [PL_CMP_GE] = ">=",         [PL_CMP_GT] = ">",
    [PL_CMP_IN] = "in",         [PL_CMP_NOT_IN] = "not in",
    [PL_CMP_COMPATIBLE] = "~=", [PL_CMP_IDENTICAL] = "===",
};

/* ---- parsing ---- */

struct parser {
    struct pl_arena *arena;
    struct pl_cursor c;
    unsigned depth;
    struct pl_error *err;
};

/* A byte of a letter beyond ASCII ends no word: `andé` is not `and`. */
static bool is_word(char c)
{
    return pl_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool is_dotted_word(char c)
{
    return is_word(c) || c == '.';
}

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

static struct pl_span span_of(const struct parser *p, struct pl_str view)
{
    uint32_t begin = (uint32_t)(view.at - p->c.start);
    return (struct pl_span){.begin = begin, .end = begin + (uint32_t)view.len};
}

static bool is_symbol(char c)
{
    return c && strchr("<>=!~&|", c);
}

/* What an error points at: a word, an operator, a character, or the end. */
static struct pl_str next_token(const struct parser *p)
{
    struct pl_cursor c = p->c;
    struct pl_str token = pl_cursor_span(&c, is_dotted_word);
    if (!token.len)
        token = pl_cursor_span(&c, is_symbol);
    return token.len ? token : pl_str_sub(pl_cursor_rest(&c), 0, 1);
}

static bool fail(const struct parser *p, struct pl_str view,
                 const char *message)
{
    return pl_error_set(p->err, PL_ERR_INPUT, span_of(p, view), "%s", message);
}

static bool take_word(struct parser *p, const char *word)
{
    struct pl_cursor before = p->c;
    if (pl_str_is(pl_cursor_span(&p->c, is_word), word))
        return true;
    p->c = before;
    return false;
}

/*
 * PEP 508 has no escapes, `packaging` has those of Python. Read are the ones
 * that can stand for themselves; printing writes them back.
 */
static bool unescape(struct parser *p, struct pl_str raw, struct pl_str *out)
{
    char *text = pl_new_array(p->arena, char, raw.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < raw.len; i++) {
        if (is_control(raw.at[i]) && raw.at[i] != '\t')
            return fail(p, pl_str_sub(raw, i, i + 1),
                        "a control character in a string");
        if (raw.at[i] == '\\') {
            char next = i + 1 < raw.len ? raw.at[i + 1] : '\0';
            if (next != '\\' && next != '\'' && next != '"')
                return fail(p, pl_str_sub(raw, i, i + 2),
                            "a backslash in a string is written `\\\\`");
            i++;
        }
        text[len++] = raw.at[i];
    }
    *out = (struct pl_str){text, len};
    return true;
}

static bool parse_string(struct parser *p, struct pl_operand *out)
{
    struct pl_str rest = pl_cursor_rest(&p->c);
    struct pl_str text = pl_str_sub(rest, 1, rest.len);
    size_t len = pl_str_find(text, rest.at[0]);
    if (len == text.len)
        return fail(p, rest, "this string is not closed");
    p->c.at += len + 2;
    out->variable = PL_VAR_LITERAL;
    return unescape(p, pl_str_sub(text, 0, len), &out->text);
}

static bool find_variable(struct pl_str word, enum pl_marker_variable *out)
{
    for (size_t i = 0; i < PL_COUNT(spellings); i++) {
        if (pl_str_eq(word, spellings[i].text)) {
            *out = spellings[i].variable;
            return true;
        }
    }
    return false;
}

static bool fail_word(struct parser *p, struct pl_str word, bool is_left)
{
    pl_error_set(p->err, PL_ERR_INPUT, span_of(p, word),
                 "`%.*s` is not a marker variable", PL_STR_ARG(word));
    if (is_left)
        return pl_error_hint(p->err, "use python_version, sys_platform, "
                                     "platform_machine, extra ...");
    return pl_error_hint(p->err, "put a value in quotes: '%.*s'",
                         PL_STR_ARG(word));
}

static bool parse_operand(struct parser *p, bool is_left,
                          struct pl_operand *out)
{
    char next = pl_cursor_peek(&p->c);
    if (next == '\'' || next == '"')
        return parse_string(p, out);
    struct pl_str word = pl_cursor_span(&p->c, is_dotted_word);
    if (find_variable(word, &out->variable))
        return true;
    if (word.len)
        return fail_word(p, word, is_left);
    return fail(p, next_token(p),
                "expected a marker variable or a quoted string");
}

static bool take_symbol(struct parser *p, enum pl_marker_op *out)
{
    /* One that begins with another stands before it. */
    static const enum pl_marker_op symbols[] = {
        PL_CMP_IDENTICAL, PL_CMP_EQ, PL_CMP_COMPATIBLE, PL_CMP_NE,
        PL_CMP_LE,        PL_CMP_GE, PL_CMP_LT,         PL_CMP_GT};
    for (size_t i = 0; i < PL_COUNT(symbols); i++) {
        if (pl_cursor_take_str(&p->c, op_texts[symbols[i]])) {
            *out = symbols[i];
            return true;
        }
    }
    return false;
}

static bool parse_operator(struct parser *p, enum pl_marker_op *out)
{
    if (take_word(p, "in")) {
        *out = PL_CMP_IN;
        return true;
    }
    struct pl_cursor before = p->c;
    if (take_word(p, "not")) {
        pl_cursor_skip_space(&p->c);
        *out = PL_CMP_NOT_IN;
        return take_word(p, "in") ||
               fail(p, next_token(p), "expected `in` after `not`");
    }
    p->c = before;
    return take_symbol(p, out) ||
           fail(p, next_token(p),
                "expected an operator: <, <=, ==, !=, >=, >, ~=, ===, in "
                "or not in");
}

static bool takes_version(enum pl_marker_variable variable)
{
    return variable == PL_VAR_PYTHON_VERSION ||
           variable == PL_VAR_PYTHON_FULL_VERSION ||
           variable == PL_VAR_IMPLEMENTATION_VERSION ||
           variable == PL_VAR_PLATFORM_RELEASE;
}

static bool is_set(enum pl_marker_variable variable)
{
    return variable == PL_VAR_EXTRAS || variable == PL_VAR_DEPENDENCY_GROUPS;
}

static enum pl_marker_method text_method(enum pl_marker_op op)
{
    return op == PL_CMP_COMPATIBLE || op == PL_CMP_IDENTICAL ? PL_HOLDS_NEVER
                                                             : PL_HOLDS_BY_TEXT;
}

/* Is "OP literal" one clause of PEP 440? */
static bool find_specifier(struct parser *p, struct pl_comparison *c)
{
    struct pl_str literal = c->right.text;
    if (pl_str_has(literal, ','))
        return false;
    struct pl_str text = pl_arena_printf(p->arena, "%s%.*s", op_texts[c->op],
                                         PL_STR_ARG(literal));
    return pl_specifier_parse(p->arena, text, &c->specifier, NULL) &&
           c->specifier.count == 1;
}

static enum pl_marker_method version_method(struct parser *p,
                                            struct pl_comparison *c)
{
    if (c->op == PL_CMP_IDENTICAL)
        return PL_HOLDS_BY_SAME_TEXT;
    if (c->left.variable == PL_VAR_LITERAL) {
        c->version_valid =
            pl_version_parse(p->arena, c->left.text, &c->version, NULL);
        return PL_HOLDS_BY_VERSION;
    }
    return find_specifier(p, c) ? PL_HOLDS_BY_SPECIFIER : text_method(c->op);
}

static enum pl_marker_method choose_method(struct parser *p,
                                           struct pl_comparison *c)
{
    bool swapped = c->left.variable == PL_VAR_LITERAL;
    struct pl_operand *literal = swapped ? &c->left : &c->right;
    enum pl_marker_variable variable =
        (swapped ? &c->right : &c->left)->variable;
    if (literal->variable != PL_VAR_LITERAL || variable == PL_VAR_LITERAL)
        return PL_HOLDS_NEVER;
    if (variable == PL_VAR_EXTRA || is_set(variable))
        literal->text = pl_name_normalize(p->arena, literal->text);
    if (is_set(variable))
        return swapped && c->op == PL_CMP_NOT_IN ? PL_HOLDS_ALWAYS
                                                 : PL_HOLDS_NEVER;
    if (takes_version(variable) && c->op != PL_CMP_IN && c->op != PL_CMP_NOT_IN)
        return version_method(p, c);
    return text_method(c->op);
}

static bool parse_comparison(struct parser *p, struct pl_marker **out)
{
    struct pl_comparison *c = pl_new(p->arena, struct pl_comparison);
    if (!parse_operand(p, true, &c->left))
        return false;
    pl_cursor_skip_space(&p->c);
    if (!parse_operator(p, &c->op))
        return false;
    pl_cursor_skip_space(&p->c);
    if (!parse_operand(p, false, &c->right))
        return false;
    c->method = choose_method(p, c);
    *out = pl_new(p->arena, struct pl_marker);
    **out = (struct pl_marker){.kind = PL_MARKER_COMPARISON, .comparison = c};
    return true;
}

static bool parse_joined(struct parser *p, enum pl_marker_kind kind,
                         struct pl_marker **out);

static bool parse_parentheses(struct parser *p, struct pl_marker **out)
{
    struct pl_str open = pl_str_sub(pl_cursor_rest(&p->c), 0, 1);
    if (p->depth == PL_MAX_MARKER_DEPTH)
        return pl_error_set(p->err, PL_ERR_LIMIT, span_of(p, open),
                            "parentheses are nested more than %d deep",
                            PL_MAX_MARKER_DEPTH);
    p->c.at++;
    p->depth++;
    if (!parse_joined(p, PL_MARKER_OR, out))
        return false;
    p->depth--;
    if (!pl_cursor_take(&p->c, ')'))
        return pl_cursor_done(&p->c)
                   ? fail(p, open, "this `(` is not closed")
                   : fail(p, next_token(p), "expected `and`, `or` or `)`");
    (*out)->parenthesised = true;
    return true;
}

static bool parse_atom(struct parser *p, struct pl_marker **out)
{
    pl_cursor_skip_space(&p->c);
    bool ok = pl_cursor_peek(&p->c) == '(' ? parse_parentheses(p, out)
                                           : parse_comparison(p, out);
    pl_cursor_skip_space(&p->c);
    return ok;
}

/* OR joins ANDs, AND joins atoms; a single part needs no joining. */
static bool parse_joined(struct parser *p, enum pl_marker_kind kind,
                         struct pl_marker **out)
{
    PL_VEC(const struct pl_marker *) parts = {0};
    struct pl_marker *part;
    do {
        bool ok = kind == PL_MARKER_OR ? parse_joined(p, PL_MARKER_AND, &part)
                                       : parse_atom(p, &part);
        if (!ok)
            return false;
        pl_vec_push(p->arena, &parts, part);
    } while (take_word(p, kind == PL_MARKER_OR ? "or" : "and"));
    *out = part;
    if (parts.len == 1)
        return true;
    *out = pl_new(p->arena, struct pl_marker);
    **out =
        (struct pl_marker){.kind = kind, .parts = parts.at, .count = parts.len};
    return true;
}

bool pl_marker_parse(struct pl_arena *arena, struct pl_str text,
                     const struct pl_marker **out, struct pl_error *err)
{
    struct parser p = {arena, pl_cursor_from(text), 0, err};
    struct pl_marker *marker;
    if (text.len > PL_MAX_REQUIREMENT_BYTES)
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "a marker of %zu bytes; at most %d are read",
                              text.len, PL_MAX_REQUIREMENT_BYTES);
    if (!parse_joined(&p, PL_MARKER_OR, &marker))
        return false;
    if (!pl_cursor_done(&p.c))
        return fail(&p, next_token(&p),
                    "expected `and`, `or` or the end of the marker");
    *out = marker;
    return true;
}

/* ---- evaluating ---- */

struct target {
    const struct pl_env *env;
    struct pl_str extra;
};

static struct pl_str or_usual(struct pl_str value, struct pl_str usual)
{
    return value.len ? value : usual;
}

static struct pl_str value_of(const struct target *t,
                              enum pl_marker_variable variable)
{
    const struct pl_env *env = t->env;
    switch (variable) {
    case PL_VAR_IMPLEMENTATION_NAME:
        return or_usual(env->implementation_name, PL_STR("cpython"));
    case PL_VAR_IMPLEMENTATION_VERSION:
        return or_usual(env->implementation_version, env->python_full);
    case PL_VAR_OS_NAME:
        return or_usual(env->os_name, PL_STR("posix"));
    case PL_VAR_PLATFORM_MACHINE:
        return env->arch;
    case PL_VAR_PLATFORM_PYTHON_IMPLEMENTATION:
        return or_usual(env->platform_python_implementation, PL_STR("CPython"));
    case PL_VAR_PLATFORM_RELEASE:
        return env->platform_release;
    case PL_VAR_PLATFORM_SYSTEM:
        return or_usual(env->platform_system, PL_STR("Linux"));
    case PL_VAR_PLATFORM_VERSION:
        return env->platform_version;
    case PL_VAR_PYTHON_FULL_VERSION:
        return env->python_full;
    case PL_VAR_PYTHON_VERSION:
        return env->python_version;
    case PL_VAR_SYS_PLATFORM:
        return or_usual(env->sys_platform, PL_STR("linux"));
    case PL_VAR_EXTRA:
        return t->extra;
    case PL_VAR_LITERAL:
    case PL_VAR_EXTRAS:
    case PL_VAR_DEPENDENCY_GROUPS:
        break;
    }
    return (struct pl_str){0};
}

static struct pl_str operand_value(const struct target *t,
                                   const struct pl_operand *o)
{
    return o->variable == PL_VAR_LITERAL ? o->text : value_of(t, o->variable);
}

static bool contains(struct pl_str text, struct pl_str part)
{
    return !part.len || pl_str_find_str(text, part) < text.len;
}

static bool eval_text(const struct target *t, const struct pl_comparison *c)
{
    struct pl_str left = operand_value(t, &c->left);
    struct pl_str right = operand_value(t, &c->right);
    switch (c->op) {
    case PL_CMP_LE:
    case PL_CMP_EQ:
    case PL_CMP_GE:
        return pl_str_eq(left, right);
    case PL_CMP_NE:
        return !pl_str_eq(left, right);
    case PL_CMP_IN:
        return contains(right, left);
    case PL_CMP_NOT_IN:
        return !contains(right, left);
    case PL_CMP_LT:
    case PL_CMP_GT:
    case PL_CMP_COMPATIBLE:
    case PL_CMP_IDENTICAL:
        break;
    }
    return false; /* strings have no order */
}

/* Where the version of a variable is kept while it is compared. */
struct holder {
    struct pl_version version;
    uint64_t release[2];
    struct pl_arena arena; /* used by no target that podlock makes */
};

static void finish_holder(struct holder *h)
{
    pl_arena_finish(&h->arena);
}

#define HOLDER(name) struct holder name PL_CLEANUP(finish_holder) = {0}

static bool find_version(const struct target *t,
                         enum pl_marker_variable variable, struct holder *h)
{
    const struct pl_env *env = t->env;
    struct pl_str text = value_of(t, variable);
    if (variable == PL_VAR_PYTHON_VERSION) {
        h->release[0] = env->python_major;
        h->release[1] = env->python_minor;
        h->version = (struct pl_version){
            .text = text, .release = h->release, .release_count = 2};
        h->version.key = pl_version_key(&h->version);
        return true;
    }
    if (pl_str_eq(text, env->python_full)) {
        h->version = env->full;
        return true;
    }
    return text.len && pl_version_parse(&h->arena, text, &h->version, NULL);
}

static bool eval_specifier(const struct target *t,
                           const struct pl_comparison *c)
{
    HOLDER(h);
    return find_version(t, c->left.variable, &h) &&
           pl_specifier_match(&c->specifier, &h.version);
}

static enum pl_specifier_op clause_op(enum pl_marker_op op)
{
    switch (op) {
    case PL_CMP_LT:
        return PL_OP_LT;
    case PL_CMP_LE:
        return PL_OP_LE;
    case PL_CMP_NE:
        return PL_OP_NE;
    case PL_CMP_GE:
        return PL_OP_GE;
    case PL_CMP_GT:
        return PL_OP_GT;
    case PL_CMP_COMPATIBLE:
        return PL_OP_COMPAT;
    case PL_CMP_EQ:
    case PL_CMP_IDENTICAL:
    case PL_CMP_IN:
    case PL_CMP_NOT_IN:
        break;
    }
    return PL_OP_EQ;
}

/* PEP 440 lets only some versions stand behind some operators. */
static bool forms_clause(enum pl_marker_op op, const struct pl_version *v)
{
    if (op == PL_CMP_EQ || op == PL_CMP_NE)
        return true;
    return !pl_version_has_local(v) &&
           (op != PL_CMP_COMPATIBLE || v->release_count > 1);
}

/* As in `packaging` the variable is the operand: '3.*' == X matches nothing. */
static bool eval_version(const struct target *t, const struct pl_comparison *c)
{
    HOLDER(h);
    if (!find_version(t, c->right.variable, &h) ||
        !forms_clause(c->op, &h.version))
        return eval_text(t, c);
    struct pl_clause clause = {.op = clause_op(c->op), .version = h.version};
    struct pl_specifier specifier = {
        .text = h.version.text, .clauses = &clause, .count = 1};
    return c->version_valid && pl_specifier_match(&specifier, &c->version);
}

static bool eval_same_text(const struct target *t,
                           const struct pl_comparison *c)
{
    struct pl_str left = operand_value(t, &c->left);
    struct pl_str right = pl_str_trim(operand_value(t, &c->right));
    if (left.len != right.len)
        return false;
    for (size_t i = 0; i < left.len; i++)
        if (pl_lower(left.at[i]) != pl_lower(right.at[i]))
            return false;
    return true;
}

static bool eval_comparison(const struct target *t,
                            const struct pl_comparison *c)
{
    switch (c->method) {
    case PL_HOLDS_NEVER:
        return false;
    case PL_HOLDS_ALWAYS:
        return true;
    case PL_HOLDS_BY_TEXT:
        return eval_text(t, c);
    case PL_HOLDS_BY_SPECIFIER:
        return eval_specifier(t, c);
    case PL_HOLDS_BY_VERSION:
        return eval_version(t, c);
    case PL_HOLDS_BY_SAME_TEXT:
        return eval_same_text(t, c);
    }
    return false;
}

static bool eval(const struct target *t, const struct pl_marker *m)
{
    if (m->kind == PL_MARKER_COMPARISON)
        return eval_comparison(t, m->comparison);
    for (size_t i = 0; i < m->count; i++)
        if (eval(t, m->parts[i]) == (m->kind == PL_MARKER_OR))
            return m->kind == PL_MARKER_OR;
    return m->kind == PL_MARKER_AND;
}

bool pl_marker_eval(const struct pl_marker *marker, const struct pl_env *env,
                    struct pl_str extra)
{
    struct target t = {env, extra};
    return !marker || eval(&t, marker);
}

/* ---- which extras ---- */

bool pl_marker_mentions_extra(const struct pl_marker *marker)
{
    if (!marker)
        return false;
    if (marker->kind == PL_MARKER_COMPARISON)
        return marker->comparison->left.variable == PL_VAR_EXTRA ||
               marker->comparison->right.variable == PL_VAR_EXTRA;
    for (size_t i = 0; i < marker->count; i++)
        if (pl_marker_mentions_extra(marker->parts[i]))
            return true;
    return false;
}

static bool add_extra(struct pl_str extra, struct pl_str *names, size_t max,
                      size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        if (pl_str_eq(names[i], extra))
            return true;
    if (!pl_name_is_normal(extra))
        return true; /* nothing can be called so */
    if (*count == max)
        return false;
    names[(*count)++] = extra;
    return true;
}

/* The literal may list several for `in`: "test docs", "test, docs". */
static bool add_literal(struct pl_str literal, struct pl_str *names, size_t max,
                        size_t *count)
{
    struct pl_str part, name;
    while (pl_str_cut(&literal, ',', &part))
        while (pl_str_cut(&part, ' ', &name))
            if (!add_extra(name, names, max, count))
                return false;
    return true;
}

bool pl_marker_extras(const struct pl_marker *marker, struct pl_str *names,
                      size_t max, size_t *count)
{
    if (!marker)
        return true;
    if (marker->kind == PL_MARKER_COMPARISON) {
        const struct pl_comparison *c = marker->comparison;
        if (c->left.variable == PL_VAR_EXTRA &&
            c->right.variable == PL_VAR_LITERAL)
            return add_literal(c->right.text, names, max, count);
        if (c->right.variable == PL_VAR_EXTRA &&
            c->left.variable == PL_VAR_LITERAL)
            return add_literal(c->left.text, names, max, count);
        return true;
    }
    for (size_t i = 0; i < marker->count; i++)
        if (!pl_marker_extras(marker->parts[i], names, max, count))
            return false;
    return true;
}

/* ---- printing ---- */

static void print_literal(struct pl_str text, struct pl_buf *out)
{
    /* No literal holds both: a string ends at the first of its own quotes. */
    char quote = pl_str_has(text, '"') ? '\'' : '"';
    pl_buf_add_char(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\\')
            pl_buf_add_char(out, '\\');
        pl_buf_add_char(out, text.at[i]);
    }
    pl_buf_add_char(out, quote);
}

static void print_operand(const struct pl_operand *o, struct pl_buf *out)
{
    if (o->variable == PL_VAR_LITERAL) {
        print_literal(o->text, out);
        return;
    }
    size_t i = 0;
    while (spellings[i].variable != o->variable)
        i++;
    pl_buf_add_str(out, spellings[i].text);
}

static void print(const struct pl_marker *m, bool outermost, struct pl_buf *out)
{
    if (m->kind == PL_MARKER_COMPARISON) {
        print_operand(&m->comparison->left, out);
        pl_buf_addf(out, " %s ", op_texts[m->comparison->op]);
        print_operand(&m->comparison->right, out);
        return;
    }
    bool parentheses = m->parenthesised && !outermost;
    if (parentheses)
        pl_buf_add_char(out, '(');
    for (size_t i = 0; i < m->count; i++) {
        if (i)
            pl_buf_add_cstr(out, m->kind == PL_MARKER_OR ? " or " : " and ");
        print(m->parts[i], false, out);
    }
    if (parentheses)
        pl_buf_add_char(out, ')');
}

void pl_marker_print(const struct pl_marker *marker, struct pl_buf *out)
{
    if (marker)
        print(marker, true, out);
}
