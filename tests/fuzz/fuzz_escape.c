/* A foreign string: no medium lets its bytes through, and parsers read it. */
#include "core/escape.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/mask.h"
#include "core/toml.h"
#include "core/utf8.h"
#include "tests/fuzz/fuzz.h"

/* A line of its own that moves no cursor. */
static void check_line(struct pl_str s)
{
    PL_FUZZ_WANT(pl_utf8_invalid_at(s) == s.len);
    while (s.len) {
        uint32_t code;
        (void)pl_utf8_take(&s, &code);
        PL_FUZZ_WANT(code >= 0x20 && (code < 0x7f || code > 0x9f));
        PL_FUZZ_WANT(code < 0x2028 || code > 0x202e);
        PL_FUZZ_WANT(code < 0x2066 || code > 0x2069);
    }
}

static void check_media(struct pl_str text)
{
    static void (*const media[])(struct pl_buf *, struct pl_str) = {
        pl_escape_terminal, pl_escape_toml,  pl_escape_json,
        pl_escape_comment,  pl_escape_shell, pl_escape_markdown,
    };
    for (size_t i = 0; i < PL_COUNT(media); i++) {
        PL_BUF(out, PL_MAX_OUTPUT_BYTES);
        media[i](&out, text);
        check_line(pl_buf_view(&out));
    }
    PL_BUF(lines, PL_MAX_OUTPUT_BYTES);
    pl_escape_terminal_lines(&lines, text);
    struct pl_str rest = pl_buf_view(&lines), line;
    while (pl_str_cut(&rest, '\n', &line))
        check_line(line);
}

/* Nothing of HTML but the comments of its own, no cell, no code, no mention. */
static void check_markdown(struct pl_str raw)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    pl_escape_markdown(&out, raw);
    struct pl_str text = pl_buf_view(&out);
    for (size_t i = 0; i < text.len; i++) {
        struct pl_str rest = pl_str_sub(text, i, text.len);
        PL_FUZZ_WANT(!pl_str_has(PL_STR("`|*_[]\\~@$\"\\"), text.at[i]));
        if (text.at[i] == '<')
            PL_FUZZ_WANT(pl_str_starts(rest, "<!-- -->"));
        if (text.at[i] == '&')
            PL_FUZZ_WANT(pl_str_starts(rest, "&#"));
    }
}

/* `text` is the raw one without secrets: what every medium says. */
static void check_json(struct pl_str raw, struct pl_str text, bool valid)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    pl_escape_json(&out, raw);
    struct pl_json *doc;
    struct pl_str again;
    PL_FUZZ_WANT(pl_json_parse(pl_buf_view(&out), &doc, NULL));
    PL_FUZZ_WANT(pl_json_str(pl_json_root(doc), &again));
    PL_FUZZ_WANT(pl_str_eq(text, again) == valid);
    pl_json_destroy(doc);
}

static void check_toml(struct pl_arena *arena, struct pl_str raw,
                       struct pl_str text, bool valid)
{
    PL_BUF(out, PL_MAX_OUTPUT_BYTES);
    pl_buf_add_cstr(&out, "# ");
    pl_escape_comment(&out, raw);
    pl_buf_add_cstr(&out, "\n[t]\n");
    pl_escape_toml(&out, raw);
    pl_buf_add_cstr(&out, " = ");
    pl_escape_toml(&out, raw);
    const struct pl_source *source =
        pl_source_from_text(arena, PL_STR("fuzz"), pl_buf_view(&out));
    struct pl_toml *doc;
    const struct pl_toml_node *table;
    struct pl_str again;
    PL_FUZZ_WANT(pl_toml_parse(source, &doc, NULL));
    PL_FUZZ_WANT(pl_toml_get(pl_toml_root(doc), "t", &table));
    PL_FUZZ_WANT(pl_toml_count(table) == 1);
    PL_FUZZ_WANT(pl_toml_str(pl_toml_at(table, 0), &again));
    PL_FUZZ_WANT(pl_str_eq(again, pl_toml_key_at(table, 0)));
    PL_FUZZ_WANT(pl_str_eq(text, again) == valid);
    pl_toml_destroy(doc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_str raw = pl_fuzz_text(data, size);
    struct pl_str text = pl_mask(&arena, raw);
    PL_FUZZ_WANT(pl_str_eq(pl_mask(&arena, text), text));
    bool valid = pl_utf8_invalid_at(text) == text.len;
    check_media(raw);
    check_markdown(raw);
    check_json(raw, text, valid);
    check_toml(&arena, raw, text, valid);
    return 0;
}
