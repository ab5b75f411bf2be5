#include "column.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace emberline::ranges {

namespace {

EMBERLINE_VECTORISED void both(std::uint8_t* left, const std::uint8_t* right, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) left[i] &= right[i];
}

EMBERLINE_VECTORISED void fill(double* left, const std::uint8_t* present, const double* right, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) left[i] = present[i] ? left[i] : right[i];
}

EMBERLINE_VECTORISED void plus(double* left, const double* right, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) left[i] += right[i];
}

EMBERLINE_VECTORISED void minus(double* left, const double* right, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) left[i] -= right[i];
}

EMBERLINE_VECTORISED void over(double* left, const double* right, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) left[i] /= right[i];
}

EMBERLINE_VECTORISED void times(double* values, double by, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) values[i] *= by;
}

EMBERLINE_VECTORISED void exceed(const double* values, const std::uint8_t* present, double threshold,
                                 std::uint8_t* flags, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) flags[i] = static_cast<std::uint8_t>((values[i] > threshold) & present[i]);
}

// What is absent adds -0.0, which changes no sum. The rounding error of `total + added` is exact (Knuth's TwoSum).
EMBERLINE_VECTORISED void compensate(double* total, double* lost, const double* added, const std::uint8_t* present,
                                     std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const double value = present[i] ? added[i] : -0.0;
        const double raised = total[i] + value;
        const double gained = raised - total[i];
        const double error = (total[i] - (raised - gained)) + (value - gained);
        lost[i] = std::isinf(raised) ? 0.0 : lost[i] + error;
        total[i] = raised;
    }
}

EMBERLINE_VECTORISED void accumulate(double* total, const double* added, const std::uint8_t* present,
                                     std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) total[i] += present[i] ? added[i] : -0.0;
}

void meet(Column& left, const Column& right) {
    if (!right.full) both(left.present.data(), right.present.data(), left.present.size());
    left.full &= right.full;
}

}  // namespace

void otherwise(Column& left, const Column& right) {
    if (left.full) return;
    fill(left.values.data(), left.present.data(), right.values.data(), left.values.size());
    for (std::size_t i = 0; i < left.present.size(); ++i) left.present[i] |= right.present[i];
    left.full = right.full;
}

void add(Column& left, const Column& right) {
    plus(left.values.data(), right.values.data(), left.values.size());
    meet(left, right);
}

void subtract(Column& left, const Column& right) {
    minus(left.values.data(), right.values.data(), left.values.size());
    meet(left, right);
}

void divide(Column& left, const Column& right) {
    over(left.values.data(), right.values.data(), left.values.size());
    meet(left, right);
}

Column nothing(const Column& column) {
    Column zero = column;
    scale(zero, 0.0);
    return zero;
}

void scale(Column& column, double by) { times(column.values.data(), by, column.values.size()); }

void above(const Column& column, double threshold, std::uint8_t* flags) {
    exceed(column.values.data(), column.present.data(), threshold, flags, column.values.size());
}

Sum::Sum(std::size_t count, bool compensated)
    : total_(count), lost_(count), compensated_(compensated) {
    std::fill(total_.values.begin(), total_.values.end(), -0.0);
}

void Sum::add(const Column& series) {
    const std::size_t count = lost_.size();
    if (compensated_) {
        compensate(total_.values.data(), lost_.data(), series.values.data(), series.present.data(), count);
    } else {
        accumulate(total_.values.data(), series.values.data(), series.present.data(), count);
    }
    for (std::size_t i = 0; i < count; ++i) total_.present[i] |= series.present[i];
    total_.full |= series.full;
}

Column Sum::take() {
    if (compensated_) plus(total_.values.data(), lost_.data(), lost_.size());
    return std::move(total_);
}

}  // namespace emberline::ranges
