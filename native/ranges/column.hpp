// Values of a vector at consecutive evaluations, and the operators of PromQL between them.
#pragma once

#include <vector>

#include "samples.hpp"

namespace emberline::ranges {

// Where nothing is present a value means nothing.
struct Column {
    std::vector<double> values;
    std::vector<std::uint8_t> present;
    bool full = false;  // whether all of them are known to be present

    explicit Column(std::size_t count = 0) : values(count), present(count) {}
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
// 1 where a value is present and above the threshold
void above(const Column& column, double threshold, std::uint8_t* flags);

// `sum` over series, one after the other, with Prometheus' compensation (kahanSumInc) where the profile has it.
class Sum {
public:
    Sum(std::size_t count, bool compensated);
    void add(const Column& series);
    Column take();

private:
    Column total_;
    std::vector<double> lost_;
    bool compensated_;
};

}  // namespace emberline::ranges
