#include "key.hpp"

#include <algorithm>

#include "bytes.hpp"
#include "utf8.hpp"

namespace emberline::exposition {

Step read_string(const char* at, bool ascii) {
    const char* stop = find<'"', '\\', '\n'>(at);
    while (*stop == '\\' && stop[1] != '\n') stop = find<'"', '\\', '\n'>(stop + 2);
    if (*stop != '"') return {at - 1, Fault::unterminated};
    if (!ascii) {
        const std::string_view text{at, stop};
        if (const std::size_t bad = ill_formed(text); bad != text.size()) return {at + bad, Fault::not_utf8};
    }
    return {stop + 1};
}

Step read_quoted_name(const char* at, bool ascii) {
    const Step end = read_string(at, ascii);
    if (end.fault != Fault::none) return end;
    const char* nul = std::find(at, end.at, '\0');
    return nul == end.at ? end : Step{nul, Fault::nul};
}

const char* read_name(const char* at, std::string_view seen) {
    return skip(at + common(seen.data(), at, seen.size()), letter | colon | digit);
}

namespace {

// The next character between quotes, and the step over it.
char take(std::string_view raw, std::size_t& at) {
    const char next = raw[at] == '\\' && at + 1 < raw.size() ? raw[at + 1] : '\0';
    const bool escape = next == '\\' || next == '"' || next == 'n';
    const char taken = escape ? (next == 'n' ? '\n' : next) : raw[at];
    at += escape ? 2 : 1;
    return taken;
}

// Whether two names are the same, whatever their escapes.
bool same_text(std::string_view left, std::string_view right) {
    std::size_t at = 0;
    std::size_t other = 0;
    while (at < left.size() && other < right.size()) {
        if (take(left, at) != take(right, other)) return false;
    }
    return at == left.size() && other == right.size();
}

// OpenMetrics has no blanks around its tokens.
template <Format format>
const char* gap(const char* at) {
    return format == Format::open ? at : skip_blanks(at);
}

}  // namespace

template <Format format>
Step KeyReader<format>::read(const char* start, std::string_view seen) {
    start_ = start;
    const char* brace = start;
    name_ = {};
    if (is(*start, letter | colon)) {
        const char* end = read_name(start, seen);
        name_ = {start, end};
        brace = gap<format>(end);
        if (*brace != '{') return {end};
    } else if (*start != '{') {
        return {start, Fault::metric_name};
    }
    const char* before = open_;
    open_ = brace + 1;
    // A name in the braces is not among the labels that could be kept.
    const std::size_t known = name_.empty() ? 0 : size_;
    if (known != 0) return resume(before, common(before, open_, known));
    labels_.clear();
    escapes_ = false;
    return read_labels(open_);
}

template <Format format>
Step KeyReader<format>::resume(const char* before, std::size_t shared) {
    if (shared == size_) return {open_ + size_};
    std::size_t kept = 0;
    while (kept < labels_.size() && labels_[kept].end <= shared) ++kept;
    if (kept < labels_.size() && labels_[kept].value <= shared) return replace_value(before, kept);
    labels_.resize(kept);
    return kept == 0 ? read_labels(open_) : read_more(open_ + labels_.back().end);
}

template <Format format>
Step KeyReader<format>::replace_value(const char* before, std::size_t index) {
    Label& label = labels_[index];
    const Step value = read_string(open_ + label.value, ascii_);
    if (value.fault != Fault::none) return value;
    const std::uint32_t old_end = label.end;
    const std::uint32_t shift = offset(value.at) - old_end;
    const std::size_t rest = size_ - old_end;
    label.end += shift;
    if (common(before + old_end, value.at, rest) != rest) {
        labels_.resize(index + 1);
        return read_more(value.at);
    }
    for (++index; index < labels_.size(); ++index) {
        labels_[index].name += shift;
        labels_[index].name_end += shift;
        labels_[index].value += shift;
        labels_[index].end += shift;
    }
    size_ += shift;
    return {open_ + size_};
}

template <Format format>
Step KeyReader<format>::read_more(const char* at) {
    const Step next = next_label(gap<format>(at));
    return next.fault == Fault::none ? read_labels(next.at) : next;
}

template <Format format>
Step KeyReader<format>::next_label(const char* at) const {
    if (format == Format::open && *at != ',' && *at != '}') return {at, Fault::comma};
    return {gap<format>(at + (*at == ','))};
}

template <Format format>
Step KeyReader<format>::read_labels(const char* at) {
    for (at = gap<format>(at); *at != '}';) {
        const char* word = at;
        const bool quoted = *at == '"';
        if (quoted) {
            const Step name = read_quoted_name(at + 1, ascii_);
            if (name.fault != Fault::none) return name;
            at = name.at;
        } else if (is(*at, letter)) {
            at = skip(at, letter | digit);
        } else {
            return {at, Fault::label_name};
        }
        const std::string_view name{word + quoted, at - quoted};
        escapes_ = escapes_ || (quoted && name.find('\\') != name.npos);
        at = gap<format>(at);
        if (quoted && (*at == ',' || *at == '}')) {
            if (!name_.empty()) return {word, Fault::second_metric_name};
            if (name.empty()) return {word, Fault::metric_name};
            name_ = name;
        } else {
            const Step label = read_label(word, name, at);
            if (label.fault != Fault::none) return label;
            at = label.at;
        }
        const Step next = next_label(at);
        if (next.fault != Fault::none) return next;
        at = next.at;
    }
    if (name_.empty()) return {start_, Fault::no_metric_name};
    size_ = *start_ == '{' ? 0 : offset(at + 1);
    return {at + 1};
}

template <Format format>
Step KeyReader<format>::read_label(const char* word, std::string_view name, const char* at) {
    if (labels_.size() >= limit_) return {word, Fault::labels};
    if (name.empty()) return {word, Fault::label_name};
    if (occurs(name)) return {word, Fault::duplicate_label};
    if (*at != '=') return {at, Fault::equals};
    at = gap<format>(at + 1);
    if (*at != '"') return {at, Fault::label_value};
    const Step value = read_string(at + 1, ascii_);
    if (value.fault != Fault::none) return value;
    const std::uint32_t start = offset(name.data());
    const auto name_end = start + static_cast<std::uint32_t>(name.size());
    labels_.push_back({start, name_end, offset(at + 1), offset(value.at)});
    return {gap<format>(value.at)};
}

template <Format format>
bool KeyReader<format>::occurs(std::string_view name) const {
    if (name == "__name__") return true;
    const auto is_name = [&](const Label& label) {
        const std::string_view other{open_ + label.name, open_ + label.name_end};
        const bool equal = other.size() == name.size() && other.front() == name.front() && other == name;
        return equal || (escapes_ && same_text(other, name));
    };
    return std::any_of(labels_.begin(), labels_.end(), is_name);
}

template class KeyReader<Format::text>;
template class KeyReader<Format::open>;

}  // namespace emberline::exposition
