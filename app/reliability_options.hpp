// The options that say what is done about failures, limits and load: texts to plain data.
#pragma once

#include "option_texts.hpp"

#include "run/run_options.hpp"

namespace prun::app {

/// Fills in what the options say. @throws UsageError
void take_reliability_options(const OptionTexts& texts, RunOptions& run);

}  // namespace prun::app
