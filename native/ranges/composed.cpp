#include "composed.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace emberline::ranges {

namespace {

// Evaluations `interval` apart, from the first one within a window of `length` at the grid's first time to its last.
std::vector<std::int64_t> evaluations(const Grid& grid, std::int64_t length, std::int64_t interval, bool closed) {
    const std::int64_t within = closed ? length / interval + 1 : (length + interval - 1) / interval;
    std::vector<std::int64_t> times;
    for (std::int64_t at = grid[0] - (within - 1) * interval; at <= grid[grid.size() - 1]; at += interval) {
        times.push_back(at);
    }
    return times;
}

// Sums of `length` consecutive points each, the windows beginning every `stride` points.
Column sums(const Column& points, std::size_t length, std::size_t stride, std::size_t windows) {
    Column found(points.room(), windows);
    RunningSum sum;
    std::size_t present = 0, begin = 0, end = 0;
    for (std::size_t i = 0; i < windows; ++i) {
        for (; end < i * stride + length; ++end) {
            if (points.present[end]) sum.add(points.values[end]);
            present += points.present[end];
        }
        for (; begin < i * stride; ++begin) {
            if (points.present[begin]) sum.remove(points.values[begin]);
            present -= points.present[begin];
        }
        found.values[i] = present > 0 ? sum.value() : 0.0;
        found.present[i] = present > 0;
    }
    return found;
}

Column part(const Column& whole, std::size_t from, std::size_t until) {
    Column column(whole.room(), until - from);
    std::copy_n(whole.values.begin() + static_cast<std::ptrdiff_t>(from), until - from, column.values.begin());
    std::copy_n(whole.present.begin() + static_cast<std::ptrdiff_t>(from), until - from, column.present.begin());
    return column;
}

}  // namespace

void RunningSum::change(double point, int sign) {
    if (std::isfinite(point)) {
        const double change = sign * point;
        const double raised = high_ + change;
        const double gained = raised - high_;
        low_ += (high_ - (raised - gained)) + (change - gained);
        high_ = raised + low_;
        low_ -= high_ - raised;
    } else {
        (std::isnan(point) ? nan_ : point > 0 ? above_ : below_) += sign;
    }
}

double RunningSum::value() const {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (nan_ > 0 || (above_ > 0 && below_ > 0)) return std::numeric_limits<double>::quiet_NaN();
    return above_ > 0 ? infinity : below_ > 0 ? -infinity : high_ + low_;
}

Column Composed::error_ratio(std::size_t ratio, std::size_t span, std::size_t from, std::size_t until) {
    const Events& events = over_all(ratio, span);
    Column bad = part(events.bad, from, until);
    divide(bad, part(events.total, from, until));
    return bad;
}

const Events& Composed::over_all(std::size_t ratio, std::size_t span) {
    const auto known = events_.find({ratio, span});
    if (known != events_.end()) return known->second;
    const std::int64_t length = program_.windows[span];
    const std::vector<std::int64_t> times = evaluations(grid_, length, program_.interval, profile_.closed);
    const Grid slots{times};
    const Tile all{program_, profile_, slots, series_, 0, slots.size(), room_};
    const Events points = events_of(all, ratio, program_.composed_of[span]);
    const std::size_t stride = grid_.size() < 2 ? 1 : static_cast<std::size_t>(grid_.step() / program_.interval);
    const std::size_t within = slots.size() - (grid_.size() - 1) * stride;
    Events events{sums(points.bad, within, stride, grid_.size()), sums(points.total, within, stride, grid_.size())};
    return events_.emplace(std::pair{ratio, span}, std::move(events)).first->second;
}

}  // namespace emberline::ranges
