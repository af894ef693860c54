#include "container/dockerfile.h"

#include "core/json.h"
#include "core/limits.h"

static const struct {
    const char *keyword;
    enum pl_docker_kind kind;
} keywords[] = {
    {"ADD", PL_DOCKER_ADD},
    {"ARG", PL_DOCKER_ARG},
    {"CMD", PL_DOCKER_CMD},
    {"COPY", PL_DOCKER_COPY},
    {"ENTRYPOINT", PL_DOCKER_ENTRYPOINT},
    {"ENV", PL_DOCKER_ENV},
    {"EXPOSE", PL_DOCKER_OTHER},
    {"FROM", PL_DOCKER_FROM},
    {"HEALTHCHECK", PL_DOCKER_OTHER},
    {"LABEL", PL_DOCKER_OTHER},
    {"MAINTAINER", PL_DOCKER_OTHER},
    {"RUN", PL_DOCKER_RUN},
    {"SHELL", PL_DOCKER_SHELL},
    {"STOPSIGNAL", PL_DOCKER_OTHER},
    {"USER", PL_DOCKER_USER},
    {"VOLUME", PL_DOCKER_OTHER},
    {"WORKDIR", PL_DOCKER_WORKDIR},
};

struct reader {
    struct pl_arena *arena;
    const struct pl_source *source;
    struct pl_str rest; /* lines that are not read */
    char escape;
    struct pl_docker_ignored ignored; /* of comments since the last one */
    PL_VEC(struct pl_docker_instruction) instructions;
    struct pl_error *err;
};

static struct pl_span span_of(const struct reader *r, struct pl_str view)
{
    return pl_span_of(r->source, view);
}

/* ---- lines ---- */

static bool next_line(struct reader *r, struct pl_str *line)
{
    if (!r->rest.len)
        return false;
    (void)pl_str_cut(&r->rest, '\n', line);
    if (pl_str_ends(*line, "\r"))
        line->len--;
    return true;
}

static struct pl_str trim_left(struct pl_str s)
{
    while (s.len && pl_is_space(s.at[0]))
        s = pl_str_sub(s, 1, s.len);
    return s;
}

static bool is_comment(struct pl_str line)
{
    return pl_str_starts(trim_left(line), "#");
}

static void take_ids(struct reader *r, struct pl_str ids)
{
    struct pl_str id;
    while (pl_str_cut(&ids, ',', &id)) {
        id = pl_str_trim(id);
        id = pl_str_sub(id, 0, pl_str_find(id, ' '));
        if (id.len)
            pl_vec_push(r->arena, &r->ignored, id);
    }
}

/* "# podlock ignore=PD101,PD102" */
static void take_comment(struct reader *r, struct pl_str line)
{
    struct pl_str text = trim_left(pl_str_sub(trim_left(line), 1, line.len));
    if (!pl_str_starts(text, "podlock"))
        return;
    text = trim_left(pl_str_sub(text, sizeof("podlock") - 1, text.len));
    if (pl_str_starts(text, "ignore="))
        take_ids(r, pl_str_sub(text, sizeof("ignore=") - 1, text.len));
}

/*
 * Does the line go on? Blanks may follow the escape; one that is itself
 * escaped ends no line.
 */
static bool is_continued(const struct reader *r, struct pl_str *line)
{
    size_t len = line->len;
    while (len && pl_is_space(line->at[len - 1]))
        len--;
    if (!len || line->at[len - 1] != r->escape)
        return false;
    if (len > 1 && line->at[len - 2] == r->escape)
        return false;
    line->len = len - 1;
    return true;
}

/* The whole instruction that begins with the line. */
static struct pl_joined join_lines(struct reader *r, struct pl_str line)
{
    struct pl_joiner joiner = {.source = r->source};
    line = trim_left(line);
    bool more = is_continued(r, &line);
    pl_joiner_add(r->arena, &joiner, line);
    while (more && next_line(r, &line)) {
        if (is_comment(line)) {
            take_comment(r, line);
            continue;
        }
        if (!trim_left(line).len)
            continue;
        more = is_continued(r, &line);
        pl_joiner_add(r->arena, &joiner, line);
    }
    return pl_joiner_text(r->arena, &joiner);
}

/* ---- parser directives ---- */

/* "# key = value"; a comment that is none ends the directives. */
static bool split_directive(struct pl_str line, struct pl_str *key,
                            struct pl_str *value)
{
    struct pl_str text = trim_left(line);
    if (!pl_str_starts(text, "#"))
        return false;
    *value = pl_str_sub(text, 1, text.len);
    if (!pl_str_has(*value, '=') || !pl_str_cut(value, '=', key))
        return false;
    *key = pl_str_trim(*key);
    *value = pl_str_trim(*value);
    for (size_t i = 0; i < key->len; i++)
        if (!pl_is_alnum(key->at[i]))
            return false;
    return key->len && value->len;
}

static bool read_escape(struct reader *r, struct pl_str value)
{
    if (!pl_str_is(value, "\\") && !pl_str_is(value, "`"))
        return pl_error_set(r->err, PL_ERR_INPUT, span_of(r, value),
                            "the escape character is \\ or `");
    r->escape = value.at[0];
    return true;
}

static bool read_directives(struct reader *r)
{
    struct pl_str line, key, value, before = r->rest;
    while (next_line(r, &line) && split_directive(line, &key, &value)) {
        if (pl_str_is_nocase(key, "escape") && !read_escape(r, value))
            return false;
        before = r->rest;
    }
    r->rest = before;
    return true;
}

/* ---- an instruction's parts ---- */

static size_t word_end(struct pl_str text, size_t at)
{
    while (at < text.len && !pl_is_space(text.at[at]))
        at++;
    return at;
}

static size_t skip_space(struct pl_str text, size_t at)
{
    while (at < text.len && pl_is_space(text.at[at]))
        at++;
    return at;
}

static bool find_keyword(struct pl_str word, enum pl_docker_kind *kind)
{
    for (size_t i = 0; i < PL_COUNT(keywords); i++) {
        if (pl_str_is_nocase(word, keywords[i].keyword)) {
            *kind = keywords[i].kind;
            return true;
        }
    }
    return false;
}

static bool read_keyword(struct reader *r, const struct pl_joined *text,
                         struct pl_docker_instruction *out, size_t *at)
{
    size_t end = word_end(text->text, *at);
    struct pl_str word = pl_str_sub(text->text, *at, end);
    out->keyword = pl_joined_span(text, *at, end);
    *at = skip_space(text->text, end);
    if (pl_str_is_nocase(word, "ONBUILD") && !out->on_build) {
        out->on_build = true;
        return read_keyword(r, text, out, at);
    }
    if (find_keyword(word, &out->kind))
        return true;
    return pl_error_set(r->err, PL_ERR_INPUT, out->keyword,
                        "`%.*s` is no instruction of a Dockerfile",
                        PL_STR_ARG(word));
}

/* A flag's end: a space outside of quotes. */
static size_t flag_end(struct pl_str text, size_t at)
{
    char quote = '\0';
    for (; at < text.len; at++) {
        char c = text.at[at];
        if (!quote && pl_is_space(c))
            break;
        if (!quote && (c == '"' || c == '\''))
            quote = c;
        else if (c == quote)
            quote = '\0';
    }
    return at;
}

static void read_flags(struct reader *r, struct pl_str text,
                       struct pl_docker_instruction *out, size_t *at)
{
    PL_VEC(struct pl_docker_flag) flags = {0};
    while (pl_str_starts(pl_str_sub(text, *at, text.len), "--")) {
        size_t end = flag_end(text, *at);
        struct pl_docker_flag flag = {.value = pl_str_sub(text, *at + 2, end)};
        (void)pl_str_cut(&flag.value, '=', &flag.name);
        pl_vec_push(r->arena, &flags, flag);
        *at = skip_space(text, end);
    }
    out->flags = flags.at;
    out->flag_count = flags.len;
}

static bool has_flags(enum pl_docker_kind kind)
{
    return kind == PL_DOCKER_ADD || kind == PL_DOCKER_COPY ||
           kind == PL_DOCKER_FROM || kind == PL_DOCKER_RUN;
}

static bool has_json(enum pl_docker_kind kind)
{
    return kind == PL_DOCKER_ADD || kind == PL_DOCKER_COPY ||
           kind == PL_DOCKER_RUN || kind == PL_DOCKER_SHELL;
}

/* What is no array of strings is the shell form, as Docker has it. */
static bool collect_json(struct reader *r, const struct pl_json *document,
                         struct pl_docker_instruction *out)
{
    PL_VEC(struct pl_str) words = {0};
    struct pl_json_value item;
    struct pl_str text;
    if (pl_json_type(pl_json_root(document)) != PL_JSON_ARRAY)
        return false;
    struct pl_json_iter items = pl_json_items(pl_json_root(document));
    while (pl_json_next(&items, NULL, &item)) {
        if (!pl_json_str(item, &text))
            return false;
        text = pl_arena_dup(r->arena, text);
        pl_vec_push(r->arena, &words, text);
    }
    out->json = words.at;
    out->json_count = words.len;
    return true;
}

/* Errors: PL_ERR_FILE: what reads JSON cannot be loaded. */
static bool read_json(struct reader *r, struct pl_docker_instruction *out)
{
    struct pl_json *document;
    struct pl_error why = {.arena = r->arena};
    if (!has_json(out->kind) || !pl_str_starts(out->rest.text, "["))
        return true;
    if (pl_json_parse(out->rest.text, &document, &why)) {
        out->is_json = collect_json(r, document, out);
        pl_json_destroy(document);
        return true;
    }
    if (why.code != PL_ERR_FILE)
        return true;
    if (r->err)
        *r->err = why;
    return false;
}

/* ---- heredocs ---- */

struct heredoc_word {
    struct pl_docker_heredoc heredoc;
    bool is_indented; /* <<-: tabs before a line do not count */
    struct pl_span span;
};

/* The name without its quotes; false: it is more than one word. */
static bool unquote_name(struct reader *r, struct pl_str raw,
                         struct pl_docker_heredoc *out)
{
    char quote = raw.len ? raw.at[0] : '\0';
    out->name = raw;
    out->is_quoted = quote == '"' || quote == '\'';
    if (out->is_quoted) {
        if (raw.len < 2 || raw.at[raw.len - 1] != quote)
            return false;
        out->name = pl_str_sub(raw, 1, raw.len - 1);
    } else if (quote == r->escape) {
        out->is_quoted = true;
        out->name = pl_str_sub(raw, 1, raw.len);
    }
    return out->name.len && !pl_str_has(out->name, '<');
}

/* "3<<-EOF", the word of a heredoc. */
static bool heredoc_of(struct reader *r, struct pl_str word,
                       struct heredoc_word *out)
{
    size_t at = 0;
    while (at < word.len && pl_is_digit(word.at[at]))
        at++;
    word = pl_str_sub(word, at, word.len);
    if (!pl_str_starts(word, "<<"))
        return false;
    word = pl_str_sub(word, 2, word.len);
    out->is_indented = pl_str_starts(word, "-");
    if (out->is_indented)
        word = pl_str_sub(word, 1, word.len);
    return unquote_name(r, word, &out->heredoc);
}

static bool read_body(struct reader *r, struct heredoc_word *word)
{
    struct pl_joiner joiner = {.source = r->source};
    struct pl_str line;
    while (next_line(r, &line)) {
        if (word->is_indented)
            while (line.len && line.at[0] == '\t')
                line = pl_str_sub(line, 1, line.len);
        if (pl_str_eq(line, word->heredoc.name)) {
            word->heredoc.body = pl_joiner_text(r->arena, &joiner);
            return true;
        }
        /* With its end, which stands behind it in the source. */
        const char *end = r->rest.at ? r->rest.at : line.at + line.len;
        line.len = (size_t)(end - line.at);
        pl_joiner_add(r->arena, &joiner, line);
    }
    return pl_error_set(r->err, PL_ERR_INPUT, word->span,
                        "this heredoc has no line `%.*s` that ends it",
                        PL_STR_ARG(word->heredoc.name));
}

static bool add_heredoc(struct reader *r, struct pl_docker_instruction *out,
                        struct heredoc_word *word,
                        struct pl_docker_heredoc *list)
{
    if (out->heredoc_count == PL_MAX_DOCKER_HEREDOCS)
        return pl_error_set(r->err, PL_ERR_LIMIT, word->span,
                            "an instruction has at most %d heredocs",
                            PL_MAX_DOCKER_HEREDOCS);
    if (!read_body(r, word))
        return false;
    list[out->heredoc_count++] = word->heredoc;
    return true;
}

static bool read_heredocs(struct reader *r, struct pl_docker_instruction *out)
{
    struct pl_str text = out->rest.text;
    bool may = out->kind == PL_DOCKER_RUN || out->kind == PL_DOCKER_COPY ||
               out->kind == PL_DOCKER_ADD;
    if (!may || out->is_json || pl_str_find_str(text, PL_STR("<<")) == text.len)
        return true;
    struct pl_docker_heredoc *list = pl_new_array(
        r->arena, struct pl_docker_heredoc, PL_MAX_DOCKER_HEREDOCS);
    out->heredocs = list;
    for (size_t at = 0; at < text.len;) {
        at = skip_space(text, at);
        size_t end = flag_end(text, at);
        struct heredoc_word word = {0};
        if (heredoc_of(r, pl_str_sub(text, at, end), &word)) {
            word.span = pl_joined_span(&out->rest, at, end);
            if (!add_heredoc(r, out, &word, list))
                return false;
        }
        at = end;
    }
    return true;
}

/* ---- all of it ---- */

static bool read_instruction(struct reader *r, struct pl_str line)
{
    struct pl_docker_instruction out = {0};
    struct pl_joined text = join_lines(r, line);
    size_t at = skip_space(text.text, 0);
    if (!text.text.len)
        return true;
    if (r->instructions.len == PL_MAX_DOCKER_INSTRUCTIONS)
        return pl_error_set(r->err, PL_ERR_LIMIT, span_of(r, line),
                            "a Dockerfile has at most %d instructions",
                            PL_MAX_DOCKER_INSTRUCTIONS);
    if (!read_keyword(r, &text, &out, &at))
        return false;
    if (has_flags(out.kind))
        read_flags(r, text.text, &out, &at);
    size_t end = text.text.len;
    while (end > at && pl_is_space(text.text.at[end - 1]))
        end--;
    out.rest = pl_joined_sub(r->arena, &text, at, end);
    if (!read_json(r, &out) || !read_heredocs(r, &out))
        return false;
    out.ignored = r->ignored;
    r->ignored = (struct pl_docker_ignored){0};
    pl_vec_push(r->arena, &r->instructions, out);
    return true;
}

bool pl_dockerfile_read(struct pl_arena *arena, const struct pl_source *source,
                        struct pl_dockerfile *out, struct pl_error *err)
{
    struct reader r = {.arena = arena,
                       .source = source,
                       .rest = source->text,
                       .escape = '\\',
                       .err = err};
    struct pl_docker_ignored above = {0};
    struct pl_str line;
    if (!read_directives(&r))
        return false;
    while (next_line(&r, &line)) {
        if (is_comment(line)) {
            take_comment(&r, line);
            continue;
        }
        if (!trim_left(line).len)
            continue;
        if (!r.instructions.len) {
            above = r.ignored;
            r.ignored = (struct pl_docker_ignored){0};
        }
        if (!read_instruction(&r, line))
            return false;
    }
    *out = (struct pl_dockerfile){.source = source,
                                  .escape = r.escape,
                                  .at = r.instructions.at,
                                  .count = r.instructions.len,
                                  .ignored = above};
    return true;
}

bool pl_docker_flag(const struct pl_docker_instruction *instruction,
                    const char *name, struct pl_str *value)
{
    for (size_t i = 0; i < instruction->flag_count; i++) {
        if (!pl_str_is(instruction->flags[i].name, name))
            continue;
        *value = instruction->flags[i].value;
        return true;
    }
    return false;
}
