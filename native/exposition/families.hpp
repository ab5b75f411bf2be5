// The families of a page as they open, and which of them a sample belongs to.
#pragma once

#include <string_view>

#include "bytes.hpp"
#include "columns.hpp"

namespace emberline::exposition {

class Families {
public:
    Families(const Buffer& page, Format format, Columns& columns) : page_(page), format_(format), columns_(columns) {}

    // Behind the name that starts here, of a HELP, TYPE or UNIT line; that family is then the last one.
    Step read_name(const char* at);

    Family& last() { return columns_.families.back(); }
    // The last family's name between its quotes.
    std::string_view name() const { return name_; }
    // The last name of any kind, where that is classic.
    std::string_view seen() const { return seen_; }

    // Counts a sample of this name to the last family, or to one that it opens.
    void join(std::string_view sample, bool classic) {
        if (!settled_ || sample != seen_) {
            const bool member =
                !columns_.families.empty() && sample.starts_with(name_) && is_ending(sample.substr(name_.size()));
            if (!member) open(sample);
            settled_ = true;
            seen_ = classic ? sample : std::string_view{};
        }
        ++last().count;
    }

    std::uint32_t offset(const char* at) const { return static_cast<std::uint32_t>(at - page_.begin()); }
    Span span(std::string_view text) const { return {offset(text.data()), offset(text.data() + text.size())}; }

private:
    void open(std::string_view name);
    // Whether a sample of the last family may end so.
    bool is_ending(std::string_view ending) const;

    const Buffer& page_;
    Format format_;
    Columns& columns_;
    std::string_view name_;
    std::string_view seen_;
    // Whether the last name seen is a sample's, and the sample joined the last family.
    bool settled_ = false;
};

}  // namespace emberline::exposition
