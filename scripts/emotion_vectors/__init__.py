"""Emotion vectors and emotion circuits in open language models: measurement, judgement and report.

Models      sources, downloads, model_folder, conversion, weights: from a row of the table to verified safetensors
            families: names for the parts of any decoder family; models: loading, self-check
Texts       stimuli: stimulus sets as typed tables; stimulus_files: reading with line numbers
            stimulus_sets, stimulus_rules, stimulus_text_rules, stimulus_word_rules, stimulus_statistics: their check
            tokens: chats, positions, batches; packing: a prompt with its continuations as one sequence
Measures    capture: streaming activation means; vectors: emotion vectors; messages: states before replies
            decoding, lens, intensity, geometry: what the vectors encode and how they are arranged
            intervene: edits of the residual stream; replay, slopes: their effect, fast; readouts: the same by the plain way
            coherence: what an edit costs neutral text
Conduct     experiments: their table, and what claims may ask of it; behaviours: items; behaviour_rules: their check
            responses: readouts and gradients of a set
            slope_statistics: slopes, nulls, tone; doses: finite strengths; conduct: evidence on claims about conduct
Judgement   stats: intervals and nulls; claims: evidence, rules, verdicts; verification: against reference numbers
Report      reported: results in words; readme, latex, paper_tables, measurement_tables, study_facts, run_times, typesetting
            figures, label_placement: one look for every figure
            provenance: what was run, beside every result; timing: speed and memory
"""
