// The families of a page as they open, and which of them a sample belongs to.
#pragma once

#include <string_view>

#include "bytes.hpp"
#include "columns.hpp"
#include "key.hpp"

namespace emberline::exposition {

// Whether a sample of a family of this type may end so; the endings are those of model.py.
template <Format format>
bool is_ending(std::string_view ending, Type type) {
    constexpr bool open = format == Format::open;
    if (ending.empty()) return true;
    switch (type) {
        case Type::histogram:
        case Type::summary:
            return ending == "_sum" || ending == "_count" || (ending == "_bucket" && type == Type::histogram) ||
                   (open && ending == "_created");
        case Type::counter: return open && (ending == "_total" || ending == "_created");
        case Type::gaugehistogram: return open && (ending == "_bucket" || ending == "_gsum" || ending == "_gcount");
        case Type::info: return open && ending == "_info";
        default: return false;
    }
}

template <Format format>
class Families {
public:
    Families(const Buffer& page, Columns& columns) : page_(page), columns_(columns) {}

    // Behind the name that starts here, of a HELP, TYPE or UNIT line; that family is then the last one.
    Step read_name(const char* at) {
        Step end{at, Fault::metric_name};
        std::string_view name;
        if (*at == '"') {
            const Step quoted = read_quoted_name(at + 1, page_.ascii());
            if (quoted.fault != Fault::none) return quoted;
            name = {at + 1, quoted.at - 1};
            if (name.empty()) return end;
            end = quoted;
            seen_ = {};
        } else {
            if (!is(*at, letter | colon)) return end;
            end = {exposition::read_name(at, seen_)};
            seen_ = name = {at, end.at};
        }
        if (columns_.families.empty() || name_ != name) open(name);
        // Whatever the line says, the next sample is to be held against the family again.
        settled_ = false;
        return end;
    }

    Family& last() { return columns_.families.back(); }
    // The last family's name between its quotes.
    std::string_view name() const { return name_; }
    // The last name of any kind, where that is classic.
    std::string_view seen() const { return seen_; }

    // Counts a sample of this name to the last family, or to one that it opens.
    void join(std::string_view sample, bool classic) {
        if (!settled_ || sample != seen_) {
            const bool member = !columns_.families.empty() && sample.starts_with(name_) &&
                                is_ending<format>(sample.substr(name_.size()), last().type);
            if (!member) open(sample);
            settled_ = true;
            seen_ = classic ? sample : std::string_view{};
        }
        ++last().count;
    }

    std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - page_.begin()); }
    Span span(std::string_view text) const { return {offset(text.data()), offset(text.data() + text.size())}; }

private:
    void open(std::string_view name) {
        name_ = name;
        const auto first = static_cast<std::uint32_t>(columns_.values.size());
        columns_.families.push_back({span(name), {0, 0}, {0, 0}, Type::untyped, first, 0});
    }

    const Buffer& page_;
    Columns& columns_;
    std::string_view name_;
    std::string_view seen_;
    // Whether the last name seen is a sample's, and the sample joined the last family.
    bool settled_ = false;
};

}  // namespace emberline::exposition
