#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <new>
#include <string_view>

#include <toml++/toml.h>

extern "C" {
#include "core/limits.h"
#include "core/toml_node.h"
#include "core/toml_plain.h"
}

namespace
{

struct builder {
    struct pl_toml *doc;
    struct pl_toml_places places;

    uint32_t offset(const toml::source_position &at) const
    {
        return pl_toml_offset(&places, at.line, at.column);
    }

    struct pl_str copy(std::string_view text) const
    {
        return pl_arena_dup(&doc->arena, {text.data(), text.size()});
    }

    void place(const toml::source_region &region, uint32_t &begin,
               uint32_t &end) const
    {
        begin = offset(region.begin);
        end = offset(region.end);
        if (end < begin)
            end = begin;
    }

    struct pl_toml_node *members(struct pl_toml_node &node, size_t count) const
    {
        struct pl_toml_node *at =
            pl_new_array(&doc->arena, struct pl_toml_node, count);
        node.as.members.at = at;
        node.as.members.len = count;
        return at;
    }

    void fill_table(struct pl_toml_node &node, const toml::table &table) const
    {
        node.type = PL_TOML_TABLE;
        struct pl_toml_node *at = members(node, table.size());
        for (auto &&[key, value] : table) {
            fill(*at, value);
            at->key = copy(key.str());
            place(key.source(), at->key_begin, at->key_end);
            at++;
        }
    }

    void fill_array(struct pl_toml_node &node, const toml::array &array) const
    {
        node.type = PL_TOML_ARRAY;
        struct pl_toml_node *at = members(node, array.size());
        for (auto &&value : array)
            fill(*at++, value);
    }

    /* pl_toml_shape_of bounds how deep this calls itself. */
    void fill(struct pl_toml_node &node, const toml::node &from) const
    {
        node.doc = doc;
        place(from.source(), node.begin, node.end);
        node.key_begin = node.key_end = node.begin;
        switch (from.type()) {
        case toml::node_type::table:
            fill_table(node, *from.as_table());
            break;
        case toml::node_type::array:
            fill_array(node, *from.as_array());
            break;
        case toml::node_type::string:
            node.type = PL_TOML_STRING;
            node.as.text = copy(from.as_string()->get());
            break;
        case toml::node_type::integer:
            node.type = PL_TOML_INTEGER;
            node.as.integer = from.as_integer()->get();
            break;
        case toml::node_type::boolean:
            node.type = PL_TOML_BOOL;
            node.as.truth = from.as_boolean()->get();
            break;
        case toml::node_type::floating_point:
            node.type = PL_TOML_FLOAT;
            break;
        default:
            node.type = PL_TOML_DATETIME;
            break;
        }
    }
};

/* toml++ says "Error while parsing string: ...". */
bool set_error(const toml::parse_error &error, const struct pl_source *source,
               struct pl_error *err)
{
    struct pl_arena arena = {};
    struct pl_toml_places places = pl_toml_places_of(&arena, source->text);
    toml::source_position at = error.source().begin;
    struct pl_span span = {source, pl_toml_offset(&places, at.line, at.column),
                           pl_toml_offset(&places, at.line, at.column + 1)};
    pl_arena_finish(&arena);
    std::string_view text = error.description();
    constexpr std::string_view lead = "Error while parsing ";
    if (text.substr(0, lead.size()) == lead)
        text.remove_prefix(lead.size());
    return pl_error_set(err, PL_ERR_INPUT, span, "malformed TOML: %.*s",
                        static_cast<int>(text.size()), text.data());
}

bool check_shape(const struct pl_source *source, struct pl_error *err)
{
    uint32_t at = 0;
    enum pl_toml_shape shape = pl_toml_shape_of(source->text, PL_MAX_TOML_DEPTH,
                                                PL_MAX_TOML_TABLES, &at);
    struct pl_span span = {source, at, at + 1};
    switch (shape) {
    case PL_TOML_TOO_DEEP:
        return pl_error_set(err, PL_ERR_LIMIT, span, "nested more than %d deep",
                            PL_MAX_TOML_DEPTH);
    case PL_TOML_TOO_MANY:
        return pl_error_set(err, PL_ERR_LIMIT, span, "more than %d tables",
                            PL_MAX_TOML_TABLES);
    case PL_TOML_TOO_LONG:
        return pl_error_set(err, PL_ERR_LIMIT, span, "more than %d values",
                            PL_MAX_TOML_VALUES);
    case PL_TOML_FITS:
        break;
    }
    return true;
}

bool check_text(const struct pl_source *source, struct pl_error *err)
{
    struct pl_span span = {source, 0, 0};
    if (source->text.len > PL_MAX_USER_FILE_BYTES)
        return pl_error_set(err, PL_ERR_LIMIT, span, "more than %u bytes",
                            PL_MAX_USER_FILE_BYTES);
    /* toml++ would skip it, and count columns without it. */
    if (pl_str_starts(source->text, "\xef\xbb\xbf"))
        return pl_error_set(err, PL_ERR_INPUT, span,
                            "malformed TOML: a second byte order mark");
    return check_shape(source, err);
}

struct pl_toml *build(const struct pl_source *source, const toml::table &root)
{
    struct pl_arena arena = {};
    struct pl_arena scratch = {};
    struct pl_toml *doc = pl_new(&arena, struct pl_toml);
    doc->arena = arena;
    doc->source = source;
    builder builder = {doc, pl_toml_places_of(&scratch, source->text)};
    builder.fill(doc->root, root);
    pl_arena_finish(&scratch);
    return doc;
}

} /* namespace */

bool pl_toml_parse_full(const struct pl_source *source, struct pl_toml **out,
                        struct pl_error *err)
{
    if (!check_text(source, err))
        return false;
    try {
        std::string_view text(source->text.at ? source->text.at : "",
                              source->text.len);
        *out = build(source, toml::parse(text));
        return true;
    } catch (const toml::parse_error &error) {
        return set_error(error, source, err);
    } catch (const std::bad_alloc &) {
        pl_out_of_memory();
    } catch (const std::exception &error) {
        return pl_error_set(err, PL_ERR_INPUT, {source, 0, 0},
                            "malformed TOML: %s", error.what());
    }
}
