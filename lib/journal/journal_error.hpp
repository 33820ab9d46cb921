// An error that makes a journal unusable, ready to print.
#pragma once

#include <stdexcept>

namespace prun::journal {

/// `what()` names the file, says what is wrong with it, and what to do.
class JournalError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace prun::journal
