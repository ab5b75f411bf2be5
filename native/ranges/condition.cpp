#include "condition.hpp"

#include <cstring>

namespace emberline::ranges {

namespace {

// Where the last operand of a condition in postfix order begins.
std::size_t begin_of_operand(Places condition) {
    std::size_t wanted = 1, place = condition.size();
    while (wanted > 0) {
        --place;
        wanted += condition[place] < 0 ? 1 : static_cast<std::size_t>(-1);
    }
    return place;
}

bool none(const Flags& flags) { return std::memchr(flags.data(), 1, flags.size()) == nullptr; }
bool all(const Flags& flags) { return std::memchr(flags.data(), 0, flags.size()) == nullptr; }

EMBERLINE_VECTORISED void meet(std::uint8_t* left, const std::uint8_t* right, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) left[i] &= right[i];
}

EMBERLINE_VECTORISED void join(std::uint8_t* left, const std::uint8_t* right, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) left[i] |= right[i];
}

}  // namespace

Flags Conditions::holding(Places condition) {
    const std::int64_t code = condition.back();
    if (code >= 0) return burning(static_cast<std::size_t>(code));
    const Places operands = condition.first(condition.size() - 1);
    const std::size_t second = begin_of_operand(operands);
    Flags left = holding(operands.first(second));
    const bool both = code == Program::both;
    if (both ? none(left) : all(left)) return left;
    const Flags right = holding(operands.subspan(second));
    (both ? meet : join)(left.data(), right.data(), left.size());
    return left;
}

Flags Conditions::burning(std::size_t nth) {
    const auto ratio = static_cast<std::size_t>(tile_.program.ratios[nth]);
    const auto span = static_cast<std::size_t>(tile_.program.spans[nth]);
    auto found = ratios_.find({ratio, span});
    if (found == ratios_.end()) found = ratios_.emplace(std::pair{ratio, span}, error_ratio(ratio, span)).first;
    Flags flags(tile_.size());
    above(found->second, tile_.program.thresholds[nth], flags.data());
    return flags;
}

Column Conditions::error_ratio(std::size_t ratio, std::size_t span) {
    if (tile_.program.composed_of[span] != 0) return composed_.error_ratio(ratio, span, tile_.from, tile_.until);
    Events events = events_of(tile_, ratio, tile_.program.windows[span]);
    divide(events.bad, events.total);
    return std::move(events.bad);
}

}  // namespace emberline::ranges
