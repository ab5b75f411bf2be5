// Numbers on the wire, read and written.
#pragma once

#include "fault.hpp"

namespace emberline::exposition {

// The longest text `write_number` gives: -1.7976931348623157e+308.
inline constexpr int longest_number = 24;

// Leads behind the number that starts here in a `Buffer`, and gives it, correctly rounded. It ends before a
// blank, a tab, a line break or a brace.
Step read_number(const char* at, double& value);

// The shortest text that reads back as the same number, in the form of Go's 'g' (see spelling.py); returns its end.
char* write_number(char* out, double value);

}  // namespace emberline::exposition
