// Why a journal cannot be used, ready to print.
#pragma once

#include <stdexcept>

namespace prun::journal {

/// `what()` names the file, says what is wrong with it and what would be right.
class JournalError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace prun::journal
