// The record of a run (history/history.hpp), read from a journal. A journal has neither chunks nor what held a run back.
#pragma once

#include "history/history.hpp"
#include "journal/journal_file.hpp"
#include "journal/run_record.hpp"
#include "journal/summary.hpp"

namespace prun::journal {

/// What the journal says of the run. It does not say whether threads ran, nor in what chunks: its command line may.
[[nodiscard]] history::RunFacts facts_of(const RunRecord& run);

/// @param run one of the journal's @param facts of that run @param call_text as for `summarize`
/// @throws JournalError
[[nodiscard]] history::History read_history(JournalFile& file, const RunRecord& run, history::RunFacts facts,
                                            const CallText& call_text = {});

}  // namespace prun::journal
