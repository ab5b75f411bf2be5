#include "condition.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace emberline::ranges {

namespace {

constexpr std::size_t near = 16;  // evaluations that are sooner computed than begun anew behind

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
    Places first = operands.first(second), then = operands.subspan(second);
    if (shortest(then) > shortest(first)) std::swap(first, then);
    Flags left = holding(first);
    const bool both = code == Program::both;
    if (both ? none(left) : all(left)) return left;
    const Flags right = holding(then);
    (both ? meet : join)(left.data(), right.data(), left.size());
    return left;
}

// The shortest window of a condition, 0 for a composed one: a long one is told in larger blocks, and burns more seldom.
std::int64_t Conditions::shortest(Places condition) const {
    std::int64_t found = std::numeric_limits<std::int64_t>::max();
    for (const std::int64_t code : condition) {
        if (code < 0) continue;
        const auto span = static_cast<std::size_t>(tile_.program.spans[static_cast<std::size_t>(code)]);
        found = std::min(found, tile_.program.composed_of[span] != 0 ? 0 : tile_.program.windows[span]);
    }
    return found;
}

Flags Conditions::burning(std::size_t nth) {
    const auto ratio = static_cast<std::size_t>(tile_.program.ratios[nth]);
    const auto span = static_cast<std::size_t>(tile_.program.spans[nth]);
    Flags flags(tile_.size());
    auto found = ratios_.find({ratio, span});
    if (found == ratios_.end()) {
        if (bounds_.tell(nth, tile_.from, tile_.until, flags) && settle(nth, flags)) return flags;
        found = ratios_.emplace(std::pair{ratio, span}, error_ratio(tile_, ratio, span)).first;
    }
    above(found->second, tile_.program.thresholds[nth], flags.data());
    return flags;
}

// Computes what bounds left open. False where that is so much that the whole tile had better be computed.
bool Conditions::settle(std::size_t nth, Flags& verdicts) {
    const std::size_t count = verdicts.size();
    const auto next = [&](std::size_t place) { return next_open(verdicts.data(), place, count); };
    std::vector<Stretch> left;
    std::size_t computed = 0;
    for (Stretch found = next(0); found.from < count; found = next(found.until)) {
        if (!left.empty() && found.from - left.back().until < near) {
            left.back().until = found.until;
        } else {
            left.push_back(found);
        }
    }
    for (const Stretch& each : left) computed += each.until - each.from;
    if (computed > count / 2) return false;
    const auto ratio = static_cast<std::size_t>(tile_.program.ratios[nth]);
    const auto span = static_cast<std::size_t>(tile_.program.spans[nth]);
    for (const Stretch& each : left) {
        const Tile part{tile_.program, tile_.profile,           tile_.grid,             tile_.series,
                        tile_.from + each.from, tile_.from + each.until, tile_.room};
        above(error_ratio(part, ratio, span), tile_.program.thresholds[nth], verdicts.data() + each.from);
    }
    return true;
}

Column Conditions::error_ratio(const Tile& tile, std::size_t ratio, std::size_t span) {
    if (tile.program.composed_of[span] != 0) return composed_.error_ratio(ratio, span, tile.from, tile.until);
    Events events = events_of(tile, ratio, tile.program.windows[span]);
    divide(events.bad, events.total);
    return std::move(events.bad);
}

}  // namespace emberline::ranges
