// How kernels over samples take and fill arrays of numpy, and read a Profile: for bindings alone.
#pragma once

#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <cstdint>
#include <span>

#include "ranges/samples.hpp"

namespace emberline::python {

namespace nb = nanobind;

using Integers = nb::ndarray<const std::int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Floats = nb::ndarray<const double, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
template <std::size_t Axes>
using FloatsOut = nb::ndarray<double, nb::ndim<Axes>, nb::c_contig, nb::device::cpu>;
template <std::size_t Axes>
using FlagsOut = nb::ndarray<std::uint8_t, nb::ndim<Axes>, nb::c_contig, nb::device::cpu>;

template <typename Array>
auto span_of(const Array& array) {
    return std::span<const typename Array::Scalar>(array.data(), array.shape(0));
}

inline ranges::Profile profile_of(const nb::object& profile) {
    const auto flag = [&profile](const char* name) { return nb::cast<bool>(profile.attr(name)); };
    return {flag("closed"), flag("zero_first"), flag("compensated"), flag("running_mean")};
}

}  // namespace emberline::python
