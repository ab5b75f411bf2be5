// Keys of series: `name{label="value"}` or `{"name", label="value"}`.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "columns.hpp"

namespace emberline::exposition {

// Behind the closing quote of what opens before `at`.
Step read_string(const char* at, bool ascii);

// The same for a name, which has no NUL in it.
Step read_quoted_name(const char* at, bool ascii);

// Behind the classic metric name that starts here. A name seen before, classic or empty, saves looking at each byte
// that is the same again.
const char* read_name(const char* at, std::string_view seen);

// Reads the keys of one page in order. Neighbours differ in little, so that what the braces share with those of the
// key before, up to the value of one label and from there to the end, is compared and not parsed again.
template <Format format>
class KeyReader {
public:
    KeyReader(std::uint32_t labels, bool ascii) : limit_(labels), ascii_(ascii) {}

    // Leads behind the key that starts here.
    Step read(const char* start, std::string_view seen);

    // The metric name of the key last read, between its quotes if it has any.
    std::string_view name() const { return name_; }

private:
    // Offsets from behind the opening brace: the name between its quotes, the value behind its quote, the end behind
    // the value.
    struct Label {
        std::uint32_t name;
        std::uint32_t name_end;
        std::uint32_t value;
        std::uint32_t end;
    };

    Step resume(const char* before, std::size_t shared);
    Step replace_value(const char* before, std::size_t index);
    Step read_more(const char* at);
    // From behind a label, or a name among them, to the next one or the closing brace.
    Step next_label(const char* at) const;
    Step read_labels(const char* at);
    Step read_label(const char* word, std::string_view name, const char* at);
    bool occurs(std::string_view name) const;
    std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - open_); }

    std::uint32_t limit_;
    bool ascii_;

    const char* start_ = nullptr;
    std::string_view name_;
    // Behind the opening brace, and the bytes from there to behind the closing one; 0 bytes where the next key
    // cannot be held against these braces.
    const char* open_ = nullptr;
    std::uint32_t size_ = 0;
    // Whether a label name here may have an escape in it, and so a second spelling.
    bool escapes_ = false;
    std::vector<Label> labels_;
};

}  // namespace emberline::exposition
