#include "key.hpp"

#include <algorithm>
#include <string>

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

const char* read_name(const char* at, const char* page_end, std::string_view seen) {
    const auto room = static_cast<std::size_t>(page_end - at);
    return skip(at + common(seen.data(), at, std::min(seen.size(), room)), letter | colon | digit);
}

namespace {

bool has_escape(std::string_view raw) { return raw.find('\\') != raw.npos; }

std::string unescape(std::string_view raw) {
    std::string text;
    for (std::size_t at = 0; at < raw.size(); ++at) {
        const char next = raw[at] == '\\' && at + 1 < raw.size() ? raw[at + 1] : '\0';
        const bool escape = next == '\\' || next == '"' || next == 'n';
        text += escape ? (next == 'n' ? '\n' : next) : raw[at];
        at += escape;
    }
    return text;
}

}  // namespace

Step KeyReader::read(const char* start, std::string_view seen) {
    const char* before = start_;
    start_ = start;
    if (open_ != 0) {
        const auto room = static_cast<std::size_t>(page_end_ - start);
        const std::size_t shared = common(before, start, std::min<std::size_t>(size_, room));
        if (shared >= open_) {
            same_name_ = true;
            return resume(before, shared);
        }
    }
    same_name_ = false;
    return read_afresh(seen);
}

Step KeyReader::resume(const char* before, std::size_t shared) {
    std::size_t kept = 0;
    while (kept < labels_.size() && labels_[kept].end <= shared) ++kept;
    if (kept < labels_.size() && labels_[kept].value <= shared) return replace_value(before, kept);
    labels_.resize(kept);
    return kept == 0 ? read_labels(start_ + open_) : read_more(start_ + labels_.back().end);
}

Step KeyReader::replace_value(const char* before, std::size_t index) {
    Label& label = labels_[index];
    const Step value = read_string(start_ + label.value, ascii_);
    if (value.fault != Fault::none) return value;
    const std::uint32_t old_end = label.end;
    const std::uint32_t shift = offset(value.at) - old_end;
    const std::size_t rest = size_ - old_end;
    label.end += shift;
    if (rest > static_cast<std::size_t>(page_end_ - value.at) || common(before + old_end, value.at, rest) != rest) {
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
    return {start_ + size_};
}

Step KeyReader::read_afresh(std::string_view seen) {
    labels_.clear();
    name_ = name_end_ = open_ = 0;
    const char* at = start_;
    if (*at == '{') return read_labels(at + 1);
    if (!is(*at, letter | colon)) return {at, Fault::metric_name};
    at = read_name(at, page_end_, seen);
    name_end_ = size_ = offset(at);
    const char* brace = skip_blanks(at);
    if (*brace != '{') return {at};
    open_ = offset(brace + 1);
    return read_labels(brace + 1);
}

Step KeyReader::read_more(const char* at) {
    at = skip_blanks(at);
    return read_labels(at + (*at == ','));
}

Step KeyReader::read_labels(const char* at) {
    for (at = skip_blanks(at); *at != '}'; at = skip_blanks(at + (*at == ','))) {
        const char* word = at;
        const bool quoted = *at == '"';
        if (quoted) {
            const Step name = read_string(at + 1, ascii_);
            if (name.fault != Fault::none) return name;
            at = name.at;
        } else if (is(*at, letter)) {
            at = skip(at, letter | digit);
        } else {
            return {at, Fault::label_name};
        }
        const std::string_view name{word + quoted, at - quoted};
        at = skip_blanks(at);
        if (quoted && (*at == ',' || *at == '}')) {
            if (name_end_ != 0) return {word, Fault::second_metric_name};
            if (name.empty()) return {word, Fault::metric_name};
            name_ = offset(name.data());
            name_end_ = offset(name.data() + name.size());
            continue;
        }
        const Step label = read_label(word, name, at);
        if (label.fault != Fault::none) return label;
        at = label.at;
    }
    if (name_end_ == 0) return {start_, Fault::no_metric_name};
    size_ = offset(at + 1);
    return {at + 1};
}

Step KeyReader::read_label(const char* word, std::string_view name, const char* at) {
    if (labels_.size() >= limit_) return {word, Fault::labels};
    if (name.empty()) return {word, Fault::label_name};
    if (occurs(name)) return {word, Fault::duplicate_label};
    if (*at != '=') return {at, Fault::equals};
    at = skip_blanks(at + 1);
    if (*at != '"') return {at, Fault::label_value};
    const Step value = read_string(at + 1, ascii_);
    if (value.fault != Fault::none) return value;
    const std::uint32_t start = offset(name.data());
    const auto name_end = start + static_cast<std::uint32_t>(name.size());
    labels_.push_back({start, name_end, offset(at + 1), offset(value.at)});
    return {skip_blanks(value.at)};
}

bool KeyReader::occurs(std::string_view name) const {
    if (name == "__name__") return true;
    const auto is_name = [&](const Label& label) {
        const std::string_view other{start_ + label.name, start_ + label.name_end};
        if (other == name) return true;
        if (!has_escape(name) && !has_escape(other)) return false;
        return unescape(other) == unescape(name);
    };
    return std::any_of(labels_.begin(), labels_.end(), is_name);
}

}  // namespace emberline::exposition
