/* The static program's reader of JSON takes what simdjson takes, as the same.
 */
#include "core/escape.h"
#include "core/limits.h"
#include "core/parsers.h"
#include "tests/fuzz/fuzz.h"

static const struct pl_parsers by_simdjson = {
    .json_parse = pl_json_parse,
    .json_destroy = pl_json_destroy,
    .json_root = pl_json_root,
    .json_type = pl_json_type,
    .json_str = pl_json_str,
    .json_bool = pl_json_bool,
    .json_u64 = pl_json_u64,
    .json_items = pl_json_items,
    .json_next = pl_json_next,
};

#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#define pl_json_parse plain_parse
#define pl_json_destroy plain_destroy
#define pl_json_root plain_root
#define pl_json_type(value) plain_type(value) /* not the enum */
#define pl_json_get plain_get
#define pl_json_str plain_str
#define pl_json_bool plain_bool
#define pl_json_u64 plain_u64
#define pl_json_get_str plain_get_str
#define pl_json_items plain_items
#define pl_json_next plain_next
struct pl_json_iter plain_items(struct pl_json_value container);
bool plain_next(struct pl_json_iter *it, struct pl_str *key,
                struct pl_json_value *value);
bool plain_str(struct pl_json_value value, struct pl_str *out);
enum pl_json_type plain_type(struct pl_json_value value);
void plain_destroy(struct pl_json *doc);
#include "core/json_plain.c"

static const struct pl_parsers by_plain = {
    .json_parse = plain_parse,
    .json_destroy = plain_destroy,
    .json_root = plain_root,
    .json_type = plain_type,
    .json_str = plain_str,
    .json_bool = plain_bool,
    .json_u64 = plain_u64,
    .json_items = plain_items,
    .json_next = plain_next,
};

/* Not JSON: a line a value, which tells all that there is to ask of it. */
static void print(struct pl_buf *out, const struct pl_parsers *by,
                  struct pl_json_value value)
{
    struct pl_json_iter it = by->json_items(value);
    struct pl_json_value member;
    struct pl_str text;
    uint64_t number;
    bool truth;
    pl_buf_addf(out, "%d", (int)by->json_type(value));
    if (by->json_str(value, &text))
        pl_escape_json(out, text);
    if (by->json_bool(value, &truth))
        pl_buf_addf(out, " %d", truth);
    if (by->json_u64(value, &number))
        pl_buf_addf(out, " %llu", (unsigned long long)number);
    pl_buf_add_char(out, '\n');
    while (by->json_next(&it, &text, &member)) {
        pl_escape_json(out, text);
        print(out, by, member);
    }
    pl_buf_add_cstr(out, "end\n");
}

static bool read_by(const struct pl_parsers *by, struct pl_str text,
                    struct pl_buf *out)
{
    struct pl_json *doc;
    if (!by->json_parse(text, &doc, NULL))
        return false;
    print(out, by, by->json_root(doc));
    by->json_destroy(doc);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_BUF(one, PL_MAX_OUTPUT_BYTES);
    PL_BUF(other, PL_MAX_OUTPUT_BYTES);
    struct pl_str text = pl_fuzz_text(data, size);
    bool good = read_by(&by_simdjson, text, &one);
    PL_FUZZ_WANT(read_by(&by_plain, text, &other) == good);
    PL_FUZZ_WANT(pl_str_eq(pl_buf_view(&one), pl_buf_view(&other)));
    return 0;
}
