#include <cstdarg>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <type_traits>

#include <simdjson.h>

extern "C" {
#include "core/json.h"
#include "core/limits.h"
#include "core/utf8.h"
}

namespace dom = simdjson::dom;
namespace ondemand = simdjson::ondemand;
using simdjson::error_code;

struct pl_json {
    dom::document document;
    dom::element root;
};

namespace
{

/* simdjson's handles are (document, index of the tape): kept in two words. */
template <typename Handle> Handle handle_of(const void *doc, uint64_t where)
{
    static_assert(sizeof(Handle) == sizeof(struct pl_json_value), "");
    static_assert(std::is_trivially_copyable<Handle>::value, "");
    struct pl_json_value words = {doc, where};
    Handle handle;
    std::memcpy(static_cast<void *>(&handle), &words, sizeof(handle));
    return handle;
}

template <typename Handle> struct pl_json_value words_of(const Handle &handle)
{
    static_assert(sizeof(Handle) == sizeof(struct pl_json_value), "");
    struct pl_json_value words;
    std::memcpy(&words, &handle, sizeof(words));
    return words;
}

dom::element element_of(struct pl_json_value value)
{
    return handle_of<dom::element>(value.doc, value.where);
}

struct pl_str view_of(std::string_view text)
{
    return {text.data(), text.size()};
}

/* ---- where an error is ---- */

error_code walk(ondemand::value value, int depth);

error_code walk_array(ondemand::value value, int depth)
{
    ondemand::array array;
    SIMDJSON_TRY(value.get_array().get(array));
    for (auto item : array) {
        ondemand::value member;
        SIMDJSON_TRY(std::move(item).get(member));
        SIMDJSON_TRY(walk(member, depth + 1));
    }
    return simdjson::SUCCESS;
}

error_code walk_object(ondemand::value value, int depth)
{
    ondemand::object object;
    SIMDJSON_TRY(value.get_object().get(object));
    for (auto item : object) {
        ondemand::field field;
        SIMDJSON_TRY(std::move(item).get(field));
        std::string_view key;
        SIMDJSON_TRY(field.unescaped_key().get(key));
        SIMDJSON_TRY(walk(field.value(), depth + 1));
    }
    return simdjson::SUCCESS;
}

/* Reads everything, as the DOM parser did, and stops where it did. */
error_code walk(ondemand::value value, int depth)
{
    ondemand::json_type type;
    SIMDJSON_TRY(value.type().get(type));
    if (depth > PL_MAX_JSON_DEPTH)
        return simdjson::DEPTH_ERROR;
    switch (type) {
    case ondemand::json_type::array:
        return walk_array(value, depth);
    case ondemand::json_type::object:
        return walk_object(value, depth);
    case ondemand::json_type::string:
        return value.get_string().error();
    case ondemand::json_type::number:
        return value.get_number().error();
    case ondemand::json_type::boolean:
        return value.get_bool().error();
    case ondemand::json_type::null:
        break;
    }
    bool is_null = false;
    SIMDJSON_TRY(value.is_null().get(is_null));
    return is_null ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
}

/*
 * The DOM parser does not say where it stopped; the on-demand one does, for
 * documents whose root is an array or object and whose strings are closed.
 */
bool find_mistake(struct pl_str text, uint32_t *where)
{
    size_t invalid = pl_utf8_invalid_at(text);
    if (invalid < text.len) {
        *where = static_cast<uint32_t>(invalid);
        return true;
    }
    simdjson::padded_string padded(text.at, text.len);
    ondemand::parser parser;
    ondemand::document document;
    ondemand::value root;
    const char *at = nullptr;
    if (parser.iterate(padded).get(document) || document.get_value().get(root))
        return false;
    if (walk(root, 1) == simdjson::DEPTH_ERROR ||
        document.current_location().get(at))
        return false;
    size_t offset = static_cast<size_t>(at - padded.data());
    if (offset >= text.len)
        return false;
    *where = static_cast<uint32_t>(offset);
    return true;
}

bool set_error(error_code code, struct pl_str text, struct pl_error *err)
{
    struct pl_span span = {nullptr, 0, 0};
    switch (code) {
    case simdjson::MEMALLOC:
        pl_out_of_memory();
    case simdjson::CAPACITY:
        return pl_error_set(err, PL_ERR_LIMIT, span, "too long for JSON");
    case simdjson::DEPTH_ERROR:
        return pl_error_set(err, PL_ERR_LIMIT, span,
                            "JSON nested more than %d deep", PL_MAX_JSON_DEPTH);
    case simdjson::EMPTY:
        return pl_error_set(err, PL_ERR_INPUT, span,
                            "malformed JSON: it is empty");
    default:
        break;
    }
    const char *what = simdjson::error_message(code);
    if (!err || !find_mistake(text, &span.begin))
        return pl_error_set(err, PL_ERR_INPUT, span, "malformed JSON: %s",
                            what);
    span.end = span.begin + 1;
    return pl_error_set(err, PL_ERR_INPUT, span,
                        "malformed JSON at byte %u: %s", span.begin, what);
}

error_code parse(struct pl_str text, struct pl_json *doc)
{
    /* Its buffers are freed here: only the document stays. */
    dom::parser parser;
    SIMDJSON_TRY(parser.allocate(text.len, PL_MAX_JSON_DEPTH + 1));
    return parser.parse_into_document(doc->document, text.at, text.len)
        .get(doc->root);
}

} /* namespace */

bool pl_json_parse(struct pl_str text, struct pl_json **out,
                   struct pl_error *err)
{
    if (!text.len)
        return set_error(simdjson::EMPTY, text, err);
    if (text.len >= UINT32_MAX)
        return set_error(simdjson::CAPACITY, text, err);
    try {
        struct pl_json *doc = new pl_json;
        error_code code = parse(text, doc);
        if (!code) {
            *out = doc;
            return true;
        }
        delete doc;
        return set_error(code, text, err);
    } catch (const std::bad_alloc &) {
        pl_out_of_memory();
    }
}

void pl_json_destroy(struct pl_json *doc)
{
    delete doc;
}

struct pl_json_value pl_json_root(const struct pl_json *doc)
{
    return words_of(doc->root);
}

enum pl_json_type pl_json_type(struct pl_json_value value)
{
    switch (element_of(value).type()) {
    case dom::element_type::ARRAY:
        return PL_JSON_ARRAY;
    case dom::element_type::OBJECT:
        return PL_JSON_OBJECT;
    case dom::element_type::INT64:
    case dom::element_type::UINT64:
    case dom::element_type::DOUBLE:
        return PL_JSON_NUMBER;
    case dom::element_type::STRING:
        return PL_JSON_STRING;
    case dom::element_type::BOOL:
        return PL_JSON_BOOL;
    case dom::element_type::NULL_VALUE:
        break;
    }
    return PL_JSON_NULL;
}

bool pl_json_get(struct pl_json_value object, const char *key,
                 struct pl_json_value *out)
{
    dom::object members;
    dom::element found;
    if (element_of(object).get(members) || members.at_key(key).get(found))
        return false;
    *out = words_of(found);
    return true;
}

bool pl_json_str(struct pl_json_value value, struct pl_str *out)
{
    std::string_view text;
    if (element_of(value).get(text))
        return false;
    *out = view_of(text);
    return true;
}

bool pl_json_bool(struct pl_json_value value, bool *out)
{
    return !element_of(value).get(*out);
}

bool pl_json_u64(struct pl_json_value value, uint64_t *out)
{
    return !element_of(value).get(*out);
}

bool pl_json_get_str(struct pl_json_value object, const char *key,
                     struct pl_str *out)
{
    struct pl_json_value value;
    return pl_json_get(object, key, &value) && pl_json_str(value, out);
}

namespace
{

template <typename Container>
struct pl_json_iter iterate(struct pl_json_value value, Container container)
{
    return {value, words_of(container.begin()).where,
            words_of(container.end()).where};
}

} /* namespace */

struct pl_json_iter pl_json_items(struct pl_json_value container)
{
    dom::array array;
    dom::object object;
    if (!element_of(container).get(array))
        return iterate(container, array);
    if (!element_of(container).get(object))
        return iterate(container, object);
    return {container, 0, 0};
}

bool pl_json_next(struct pl_json_iter *it, struct pl_str *key,
                  struct pl_json_value *value)
{
    if (it->at >= it->end)
        return false;
    const void *doc = it->container.doc;
    struct pl_str name = {nullptr, 0};
    if (element_of(it->container).is_object()) {
        auto at = handle_of<dom::object::iterator>(doc, it->at);
        name = view_of(at.key());
        *value = words_of(at.value());
        it->at = words_of(++at).where;
    } else {
        auto at = handle_of<dom::array::iterator>(doc, it->at);
        *value = words_of(*at);
        it->at = words_of(++at).where;
    }
    if (key)
        *key = name;
    return true;
}
