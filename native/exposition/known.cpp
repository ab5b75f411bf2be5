#include "known.hpp"

#include <algorithm>
#include <cstring>

#include "bytes.hpp"
#include "lines.hpp"
#include "number.hpp"
#include "readers.hpp"

namespace emberline::exposition {
namespace {

// The spans of names and texts, in order of the page; empty where they are not.
std::vector<Span*> spans_of(std::vector<Family>& families) {
    std::vector<Span*> spans;
    spans.reserve(2 * families.size());
    for (Family& family : families) {
        if (family.help.end == 0) {
            spans.push_back(&family.name);
        } else if (family.help.start < family.name.end) {
            return {};
        } else {
            spans.insert(spans.end(), {&family.name, &family.help});
        }
    }
    const auto before = [](const Span* left, const Span* right) { return left->start < right->start; };
    return std::is_sorted(spans.begin(), spans.end(), before) ? spans : std::vector<Span*>{};
}

class Walk {
public:
    Walk(const Buffer& page, const Known& known, Columns& columns)
        : page_(page),
          known_(known),
          columns_(columns),
          at_(page.begin()),
          old_(known.page.data()),
          spans_(spans_of(columns.families)) {}

    bool all() {
        if (spans_.empty() != columns_.families.empty()) return false;
        if (!std::all_of(known_.keys.begin(), known_.keys.end(), [this](Span key) { return sample(key); })) return false;
        const std::size_t rest = left_of_known();
        if (static_cast<std::size_t>(page_.end() - at_) != rest) return false;
        move_spans(known_.page.size() + 1);
        return rest == 0 || std::memcmp(at_, old_, rest) == 0;
    }

private:
    std::size_t left_of_known() const {
        return known_.page.size() - static_cast<std::size_t>(old_ - known_.page.data());
    }

    // From the end of one sample to the end of the next.
    bool sample(Span key) {
        const char* key_end = known_.page.data() + key.end;
        if (key.start > key.end || key.end >= known_.page.size() || key_end < old_) return false;
        // What stands before the key, the key, and the byte behind it, so that the key ends there.
        const auto same = static_cast<std::size_t>(key_end - old_) + 1;
        if (static_cast<std::size_t>(page_.end() - at_) < same || std::memcmp(at_, old_, same) != 0) return false;
        move_spans(key.end);
        columns_.keys.push_back(moved(key));
        double value = 0;
        std::int64_t timestamp = no_timestamp;
        const Step end = read_text_numbers(at_ + same - 1, value, timestamp);
        if (end.fault != Fault::none) return false;
        columns_.values.push_back(value);
        columns_.timestamps.push_back(timestamp);
        at_ = end.at;
        const void* line_break = std::memchr(key_end, '\n', known_.page.size() - key.end);
        old_ = line_break == nullptr ? known_.page.data() + known_.page.size() : static_cast<const char*>(line_break);
        return true;
    }

    Span moved(Span span) const {
        const auto shift = static_cast<std::uint32_t>((at_ - page_.begin()) - (old_ - known_.page.data()));
        return {span.start + shift, span.end + shift};
    }

    // Those before this byte of the known page.
    void move_spans(std::size_t before) {
        for (; next_ < spans_.size() && spans_[next_]->start < before; ++next_) *spans_[next_] = moved(*spans_[next_]);
    }

    const Buffer& page_;
    const Known& known_;
    Columns& columns_;
    // The end of the sample last read, in both pages.
    const char* at_;
    const char* old_;
    std::vector<Span*> spans_;
    std::size_t next_ = 0;
};

}  // namespace

bool rescan(std::string_view page, const Known& known, const Limits& limits, Columns& columns) {
    if (page.size() > limits.body_bytes) return false;
    const Buffer buffer{page};
    if (overlong(buffer, limits.line_bytes) != nullptr) return false;
    columns.values.reserve(known.keys.size());
    columns.timestamps.reserve(known.keys.size());
    columns.keys.reserve(known.keys.size());
    columns.families.assign(known.families.begin(), known.families.end());
    return Walk{buffer, known, columns}.all();
}

}  // namespace emberline::exposition
