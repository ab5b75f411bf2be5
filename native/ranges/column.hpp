// Values of a vector at consecutive evaluations, and the operators of PromQL between them.
#pragma once

#include <utility>
#include <vector>

#include "samples.hpp"

namespace emberline::ranges {

inline constexpr std::size_t tile_size = 2048;  // a few columns of it stay in the cache

// The room of columns that are no more, for those that come: tile after tile needs as many as the one before. Columns of
// more than a tile are few, and leave nothing.
class Room {
public:
    struct Part {
        std::vector<double> values;
        std::vector<std::uint8_t> present;
    };

    Part take(std::size_t count);
    void give(Part&& part);

private:
    std::vector<Part> free_;
};

// Where nothing is present a value means nothing; a new column holds anything. The room must outlive it.
class Column {
public:
    Column(Room& room, std::size_t count);
    Column(const Column& other);
    Column(Column&& other) noexcept;
    Column& operator=(Column&& other) noexcept;
    ~Column();

    std::size_t size() const { return values.size(); }
    Room& room() const { return *room_; }

    std::vector<double> values;
    std::vector<std::uint8_t> present;
    bool full = false;  // whether all of them are known to be present

private:
    void leave();

    Room* room_;  // null once moved from
};

// `left or right`
void otherwise(Column& left, const Column& right);
// `left + right`, `left - right` and `left / right` where both are present
void add(Column& left, const Column& right);
void subtract(Column& left, const Column& right);
void divide(Column& left, const Column& right);
// `0 * column`: NaN for what is not finite
Column nothing(const Column& column);
void scale(Column& column, double by);
// The sum of a single series with its compensation, 0: of all values it changes -0 alone
void settle(Column& column);
// 1 where a value is present and above the threshold
void above(const Column& column, double threshold, std::uint8_t* flags);

// `sum` over series, one after the other, with Prometheus' compensation (kahanSumInc) where the profile has it.
class Sum {
public:
    Sum(Room& room, std::size_t count, bool compensated);
    void add(const Column& series);
    Column take();

private:
    Column total_, lost_;
    bool compensated_;
};

}  // namespace emberline::ranges
