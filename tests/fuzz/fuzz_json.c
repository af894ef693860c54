/* A JSON document: all of it is read, written again and read again. */
#include "core/escape.h"
#include "core/json.h"
#include "core/limits.h"
#include "tests/fuzz/fuzz.h"

static void print_value(struct pl_buf *out, struct pl_json_value value,
                        unsigned depth);

static void print_members(struct pl_buf *out, struct pl_json_value value,
                          unsigned depth)
{
    bool object = pl_json_type(value) == PL_JSON_OBJECT;
    struct pl_json_iter it = pl_json_items(value);
    struct pl_json_value member;
    struct pl_str key;
    pl_buf_add_char(out, object ? '{' : '[');
    for (bool first = true; pl_json_next(&it, &key, &member); first = false) {
        if (!first)
            pl_buf_add_char(out, ',');
        if (object) {
            pl_escape_json(out, key);
            pl_buf_add_char(out, ':');
        }
        print_value(out, member, depth + 1);
    }
    pl_buf_add_char(out, object ? '}' : ']');
}

static void print_number(struct pl_buf *out, struct pl_json_value value)
{
    uint64_t number;
    if (pl_json_u64(value, &number))
        pl_buf_addf(out, "%llu", (unsigned long long)number);
    else
        pl_buf_add_cstr(out, "-1");
}

static void print_value(struct pl_buf *out, struct pl_json_value value,
                        unsigned depth)
{
    PL_FUZZ_WANT(depth <= PL_MAX_JSON_DEPTH + 1);
    struct pl_str text;
    bool truth;
    switch (pl_json_type(value)) {
    case PL_JSON_NULL:
        pl_buf_add_cstr(out, "null");
        break;
    case PL_JSON_BOOL:
        PL_FUZZ_WANT(pl_json_bool(value, &truth));
        pl_buf_add_cstr(out, truth ? "true" : "false");
        break;
    case PL_JSON_NUMBER:
        print_number(out, value);
        break;
    case PL_JSON_STRING:
        PL_FUZZ_WANT(pl_json_str(value, &text));
        pl_escape_json(out, text);
        break;
    case PL_JSON_ARRAY:
    case PL_JSON_OBJECT:
        print_members(out, value, depth);
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    PL_BUF(once, PL_MAX_OUTPUT_BYTES);
    PL_BUF(twice, PL_MAX_OUTPUT_BYTES);
    struct pl_error err = {.arena = &arena};
    struct pl_json *doc;
    if (!pl_json_parse(pl_fuzz_text(data, size), &doc, &err)) {
        PL_FUZZ_WANT(err.code == PL_ERR_INPUT || err.code == PL_ERR_LIMIT);
        PL_FUZZ_WANT(err.span.begin <= err.span.end && err.span.end <= size);
        return 0;
    }
    print_value(&once, pl_json_root(doc), 0);
    pl_json_destroy(doc);
    PL_FUZZ_WANT(pl_json_parse(pl_buf_view(&once), &doc, &err));
    print_value(&twice, pl_json_root(doc), 0);
    pl_json_destroy(doc);
    PL_FUZZ_WANT(pl_str_eq(pl_buf_view(&once), pl_buf_view(&twice)));
    return 0;
}
