#include "column.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "folds.hpp"

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

EMBERLINE_VECTORISED void raise_all(double* values, double by, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) values[i] += by;
}

EMBERLINE_VECTORISED void exceed(const double* values, const std::uint8_t* present, double threshold,
                                 std::uint8_t* flags, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) flags[i] = static_cast<std::uint8_t>((values[i] > threshold) & present[i]);
}

// What is absent adds -0.0, which changes no sum.
EMBERLINE_VECTORISED void compensate(double* total, double* lost, const double* added, const std::uint8_t* present,
                                     std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const double value = present[i] ? added[i] : -0.0;
        const double raised = total[i] + value;
        const double error = rounding(total[i], value, raised);
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

Room::Part Room::take(std::size_t count) {
    Part part;
    if (count <= tile_size && !free_.empty()) {
        part = std::move(free_.back());
        free_.pop_back();
    }
    part.values.resize(count);
    part.present.resize(count);
    return part;
}

void Room::give(Part&& part) {
    if (part.values.size() <= tile_size) free_.push_back(std::move(part));
}

Column::Column(Room& room, std::size_t count) : room_(&room) {
    Room::Part part = room.take(count);
    values = std::move(part.values);
    present = std::move(part.present);
}

Column::Column(const Column& other) : Column(*other.room_, other.size()) {
    std::copy(other.values.begin(), other.values.end(), values.begin());
    std::copy(other.present.begin(), other.present.end(), present.begin());
    full = other.full;
}

Column::Column(Column&& other) noexcept
    : values(std::move(other.values)),
      present(std::move(other.present)),
      full(other.full),
      room_(std::exchange(other.room_, nullptr)) {}

Column& Column::operator=(Column&& other) noexcept {
    if (this == &other) return *this;
    leave();
    values = std::move(other.values);
    present = std::move(other.present);
    full = other.full;
    room_ = std::exchange(other.room_, nullptr);
    return *this;
}

Column::~Column() { leave(); }

void Column::leave() {
    if (room_ != nullptr) room_->give({std::move(values), std::move(present)});
    room_ = nullptr;
}

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

void settle(Column& column) { raise_all(column.values.data(), 0.0, column.size()); }

void scale(Column& column, double by) { times(column.values.data(), by, column.values.size()); }

void above(const Column& column, double threshold, std::uint8_t* flags) {
    exceed(column.values.data(), column.present.data(), threshold, flags, column.values.size());
}

Sum::Sum(Room& room, std::size_t count, bool compensated)
    : total_(room, count), lost_(room, count), compensated_(compensated) {
    std::fill(total_.values.begin(), total_.values.end(), -0.0);
    std::fill(total_.present.begin(), total_.present.end(), std::uint8_t{0});
    std::fill(lost_.values.begin(), lost_.values.end(), 0.0);
}

void Sum::add(const Column& series) {
    const std::size_t count = lost_.size();
    if (compensated_) {
        compensate(total_.values.data(), lost_.values.data(), series.values.data(), series.present.data(), count);
    } else {
        accumulate(total_.values.data(), series.values.data(), series.present.data(), count);
    }
    for (std::size_t i = 0; i < count; ++i) total_.present[i] |= series.present[i];
    total_.full |= series.full;
}

Column Sum::take() {
    if (compensated_) plus(total_.values.data(), lost_.values.data(), lost_.size());
    return std::move(total_);
}

}  // namespace emberline::ranges
