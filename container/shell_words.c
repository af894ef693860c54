#include "container/shell_words.h"

#include "container/shell_internal.h"
#include "core/buf.h"
#include "core/limits.h"

struct heredoc {
    struct pl_str name;
    bool is_indented;
};

struct lexer {
    struct pl_shell_run *run;
    const struct pl_joined *joined;
    struct pl_str text;
    size_t at;
    struct pl_shell_words words; /* of the command that is being read */
    unsigned blocks;             /* if, while, for, case that are open */
    bool behind_or;
    PL_VEC(struct heredoc) heredocs; /* whose bodies come with the newline */
    struct pl_buf *word;             /* that is being read */
    bool has_word, known, quoted;
    size_t clear, begin;
};

static char peek(const struct lexer *l, size_t ahead)
{
    return l->at + ahead < l->text.len ? l->text.at[l->at + ahead] : '\0';
}

static bool done(const struct lexer *l)
{
    return l->at >= l->text.len;
}

/* ---- a word ---- */

static void mark_unknown(struct lexer *l)
{
    if (l->known)
        l->clear = l->word->len;
    l->known = false;
    l->has_word = true;
}

static void push_word(struct lexer *l)
{
    if (!l->has_word)
        return;
    struct pl_shell_word word = {
        .text = pl_arena_dup(l->run->arena, pl_buf_view(l->word)),
        .is_known = l->known && pl_buf_ok(l->word),
        .is_quoted = l->quoted,
        .span = pl_joined_span(l->joined, l->begin, l->at),
    };
    word.clear = word.is_known ? word.text.len : l->clear;
    pl_vec_push(l->run->arena, &l->words, word);
    pl_buf_clear(l->word);
    l->has_word = l->quoted = false;
    l->known = true;
}

static void add_char(struct lexer *l, char c)
{
    pl_buf_add_char(l->word, c);
    l->has_word = true;
}

/* Behind "$(" or "(": to the bracket that closes it, quotes respected. */
static void skip_brackets(struct lexer *l)
{
    unsigned depth = 1;
    char quote = '\0';
    for (; !done(l) && depth; l->at++) {
        char c = peek(l, 0);
        if (c == '\\' && quote != '\'')
            l->at++;
        else if (quote)
            quote = c == quote ? '\0' : quote;
        else if (c == '\'' || c == '"')
            quote = c;
        else if (c == '(')
            depth++;
        else if (c == ')')
            depth--;
    }
    if (l->at > l->text.len)
        l->at = l->text.len;
    if (depth)
        l->run->out->is_whole = false;
}

static void skip_backticks(struct lexer *l)
{
    for (l->at++; !done(l) && peek(l, 0) != '`'; l->at++)
        if (peek(l, 0) == '\\')
            l->at++;
    if (done(l))
        l->run->out->is_whole = false;
    l->at = l->at < l->text.len ? l->at + 1 : l->text.len;
}

/* $(...) and `...`: what they give is not known. */
static void take_substitution(struct lexer *l)
{
    size_t from = l->at;
    mark_unknown(l);
    if (peek(l, 0) == '`') {
        skip_backticks(l);
    } else {
        l->at += 2;
        skip_brackets(l);
    }
    pl_buf_add_str(l->word, pl_str_sub(l->text, from, l->at));
}

/* Outside of quotes a value's blanks part words. */
static void add_value(struct lexer *l, struct pl_str value, bool splits)
{
    for (size_t i = 0; i < value.len; i++) {
        if (splits && pl_is_space(value.at[i]))
            push_word(l);
        else
            add_char(l, value.at[i]);
    }
}

static void take_variable(struct lexer *l, bool splits)
{
    PL_BUF(value, PL_MAX_DOCKER_VALUE_BYTES * 2);
    size_t from = l->at;
    if (peek(l, 1) == '(') {
        take_substitution(l);
        return;
    }
    if (pl_docker_vars_dollar(&l->run->vars, l->text, &l->at, &value)) {
        add_value(l, pl_buf_view(&value), splits);
        return;
    }
    mark_unknown(l);
    pl_buf_add_str(l->word, pl_str_sub(l->text, from, l->at));
}

static void take_single_quoted(struct lexer *l)
{
    l->quoted = l->has_word = true;
    for (l->at++; !done(l) && peek(l, 0) != '\''; l->at++)
        add_char(l, peek(l, 0));
    if (done(l))
        l->run->out->is_whole = false;
    else
        l->at++;
}

static void take_escaped(struct lexer *l, const char *escapable)
{
    char next = peek(l, 1);
    l->at += done(l) || l->at + 1 >= l->text.len ? 1 : 2;
    if (next == '\n')
        return;
    if (escapable && !strchr(escapable, next))
        add_char(l, '\\');
    if (next)
        add_char(l, next);
}

static void take_double_quoted(struct lexer *l)
{
    l->quoted = l->has_word = true;
    l->at++;
    while (!done(l) && peek(l, 0) != '"') {
        char c = peek(l, 0);
        if (c == '\\') {
            take_escaped(l, "$`\"\\\n");
        } else if (c == '$') {
            take_variable(l, false);
        } else if (c == '`') {
            take_substitution(l);
        } else {
            add_char(l, c);
            l->at++;
        }
    }
    if (done(l))
        l->run->out->is_whole = false;
    else
        l->at++;
}

static bool ends_word(char c)
{
    return !c || pl_is_space(c) || strchr(";&|()<>", c);
}

static void take_word(struct lexer *l)
{
    l->begin = l->at;
    while (!done(l) && !ends_word(peek(l, 0))) {
        char c = peek(l, 0);
        if (c == '\'') {
            take_single_quoted(l);
        } else if (c == '"') {
            take_double_quoted(l);
        } else if (c == '\\') {
            take_escaped(l, NULL);
        } else if (c == '$') {
            take_variable(l, true);
        } else if (c == '`') {
            take_substitution(l);
        } else {
            add_char(l, c);
            l->at++;
        }
    }
    push_word(l);
}

/* ---- redirections ---- */

static void skip_blanks(struct lexer *l)
{
    for (;;) {
        if (peek(l, 0) == '\\' && peek(l, 1) == '\n')
            l->at += 2;
        else if (!done(l) && peek(l, 0) != '\n' && pl_is_space(peek(l, 0)))
            l->at++;
        else
            return;
    }
}

static bool is_descriptor(struct pl_str word)
{
    uint64_t number;
    return word.len && pl_str_to_u64(word, &number);
}

/* The word behind a redirection is no argument. */
static void skip_target(struct lexer *l)
{
    size_t before = l->words.len;
    skip_blanks(l);
    take_word(l);
    l->words.len = before;
}

static void note_heredoc(struct lexer *l)
{
    struct heredoc heredoc = {0};
    size_t before = l->words.len;
    heredoc.is_indented = peek(l, 0) == '-';
    l->at += heredoc.is_indented;
    skip_blanks(l);
    take_word(l);
    if (l->words.len > before)
        heredoc.name = l->words.at[before].text;
    l->words.len = before;
    pl_vec_push(l->run->arena, &l->heredocs, heredoc);
}

/* At '<' or '>', or at the '&' of "&>". */
static void take_redirection(struct lexer *l)
{
    bool touches = l->at && !pl_is_space(l->text.at[l->at - 1]);
    if (touches && l->words.len &&
        is_descriptor(l->words.at[l->words.len - 1].text))
        l->words.len--;
    if (peek(l, 0) == '&')
        l->at++;
    char c = peek(l, 0);
    l->at++;
    if (peek(l, 0) == '(') {
        l->at++;
        l->begin = l->at;
        mark_unknown(l);
        skip_brackets(l);
        push_word(l);
        return;
    }
    if (c == '<' && peek(l, 0) == '<' && peek(l, 1) != '<') {
        l->at++;
        note_heredoc(l);
        return;
    }
    while (!done(l) && strchr("<>&|", peek(l, 0)))
        l->at++;
    if (peek(l, 0) == '-')
        l->at++;
    else
        skip_target(l);
}

static void skip_bodies(struct lexer *l)
{
    for (size_t i = 0; i < l->heredocs.len; i++) {
        struct pl_str line, rest = pl_str_sub(l->text, l->at, l->text.len);
        bool found = false;
        while (!found && rest.len && pl_str_cut(&rest, '\n', &line)) {
            while (l->heredocs.at[i].is_indented && line.len &&
                   line.at[0] == '\t')
                line = pl_str_sub(line, 1, line.len);
            found = pl_str_eq(pl_str_trim(line), l->heredocs.at[i].name);
        }
        l->at = rest.at ? (size_t)(rest.at - l->text.at) : l->text.len;
        if (!found)
            l->run->out->is_whole = false;
    }
    l->heredocs.len = 0;
}

/* ---- commands ---- */

static bool is_one_of(struct pl_str word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (pl_str_is(word, list[i]))
            return true;
    return false;
}

static bool opens_block(struct pl_str word)
{
    static const char *const list[] = {"if",  "while", "until",
                                       "for", "case",  "select"};
    return is_one_of(word, list, PL_COUNT(list));
}

static bool closes_block(struct pl_str word)
{
    static const char *const list[] = {"fi", "done", "esac"};
    return is_one_of(word, list, PL_COUNT(list));
}

static bool begins_command(struct pl_str word)
{
    static const char *const list[] = {"then", "else", "elif", "do",
                                       "!",    "{",    "}"};
    return is_one_of(word, list, PL_COUNT(list));
}

/* "for x in a b": x is one of several. */
static void forget_variable(struct lexer *l, struct pl_str name)
{
    pl_docker_vars_set(&l->run->vars, name, (struct pl_docker_value){0});
}

/*
 * Words of the grammar before a command are dropped; false when what stands
 * there is no command at all.
 */
static bool drop_grammar(struct lexer *l, struct pl_shell_words *words)
{
    while (words->len && !words->at[0].is_quoted && words->at[0].is_known) {
        struct pl_str first = words->at[0].text;
        bool opens = opens_block(first);
        l->blocks += opens;
        if (closes_block(first) && l->blocks)
            l->blocks--;
        if (opens && words->len > 1 &&
            (pl_str_is(first, "for") || pl_str_is(first, "select")))
            forget_variable(l, words->at[1].text);
        if (pl_str_is(first, "for") || pl_str_is(first, "case") ||
            pl_str_is(first, "select") || pl_str_is(first, "function"))
            return false;
        if (!opens && !closes_block(first) && !begins_command(first))
            return true;
        words->at++;
        words->len--;
    }
    return words->len > 0;
}

static bool end_command(struct lexer *l)
{
    struct pl_shell_words words = l->words;
    /* Its words have been handed on: the next command's are new ones. */
    l->words = (struct pl_shell_words){0};
    if (!words.len || !drop_grammar(l, &words))
        return true;
    return pl_shell_add(l->run, &words, l->blocks || l->behind_or);
}

/* At ; & | ( ) or a newline. */
static bool take_operator(struct lexer *l)
{
    char c = peek(l, 0);
    bool twice = peek(l, 1) == c;
    if (!end_command(l))
        return false;
    l->at += (c == '&' || c == '|' || c == ';') && twice ? 2 : 1;
    l->behind_or = c == '|' && twice;
    if (c == '\n')
        skip_bodies(l);
    return true;
}

static bool take_token(struct lexer *l)
{
    char c = peek(l, 0);
    if (c == '<' || c == '>' || (c == '&' && peek(l, 1) == '>')) {
        take_redirection(l);
        return true;
    }
    if (strchr(";&|()\n", c))
        return take_operator(l);
    if (c == '#') {
        while (!done(l) && peek(l, 0) != '\n')
            l->at++;
        return true;
    }
    take_word(l);
    return true;
}

bool pl_shell_read_text(struct pl_shell_run *run, const struct pl_joined *text)
{
    PL_BUF(word, PL_MAX_USER_FILE_BYTES);
    struct lexer l = {.run = run,
                      .joined = text,
                      .text = text->text,
                      .word = &word,
                      .known = true};
    for (skip_blanks(&l); !done(&l); skip_blanks(&l)) {
        if (!peek(&l, 0))
            l.at++;
        else if (!take_token(&l))
            return false;
    }
    return end_command(&l);
}
