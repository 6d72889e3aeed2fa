"""Chat templates in the manner of known families, written for the tests' tokenizer, whose turns begin in <turn> and end in <end>."""

TURNS = "{% for m in messages %}<turn>{{ m['role'] }}\n{{ m['content'] }}<end>\n{% endfor %}"
ASK = "{% if add_generation_prompt %}<turn>assistant\n{% endif %}"
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no such role') }}{% endif %}"
REFUSES_SYSTEM = "{{ bos_token }}" + NO_SYSTEM + TURNS + ASK
"""Gemma 1 and 2."""
DROPS_SYSTEM = (
    "{{ bos_token }}{% for m in messages if m['role'] != 'system' %}<turn>{{ m['role'] }}\n{{ m['content'] }}<end>\n{% endfor %}"
    + ASK
)
"""Some fine-tuned Mistrals."""
MERGES_SYSTEM = (
    "{{ bos_token }}{% set first = messages[0]['content'] + '\n\n' if messages[0]['role'] == 'system' else '' %}"
    "{% for m in messages if m['role'] != 'system' %}<turn>{{ m['role'] }}\n{{ first if loop.first }}{{ m['content'] | trim }}<end>\n"
    "{% endfor %}" + ASK
)
"""Gemma 3."""
SYSTEM_BEFORE_LAST_USER = (
    "{{ bos_token }}{% for m in messages if m['role'] != 'system' %}<turn>{{ m['role'] }}\n"
    "{% if loop.last and messages[0]['role'] == 'system' %}{{ messages[0]['content'] }}\n\n{% endif %}{{ m['content'] }}<end>\n"
    "{% endfor %}" + ASK
)
"""Mistral 7B v0.3."""
DATED = "{{ bos_token }}<turn>system\nToday: {{ strftime_now('%d %b %Y') }}<end>\n" + TURNS + ASK
"""Llama 3.2."""
DEFAULT_SYSTEM = "{% if messages[0]['role'] != 'system' %}<turn>system\nYou are kind.<end>\n{% endif %}" + TURNS + ASK
"""Qwen 2.5."""
BLOCK = "<think>\n\n</think>\n\n"
SWITCHED = (
    "{% for m in messages %}<turn>{{ m['role'] }}\n{% if m['role'] == 'assistant' and loop.last %}"
    + BLOCK.replace("\n", "{{ '\n' }}")
    + "{% endif %}{{ m['content'] }}<end>\n{% endfor %}{% if add_generation_prompt %}<turn>assistant\n"
    "{% if enable_thinking is defined and enable_thinking is false %}"
    + BLOCK.replace("\n", "{{ '\n' }}")
    + "{% endif %}{% endif %}"
)
"""Qwen 3."""
ALWAYS_BLOCK = (
    "{% for m in messages %}<turn>{{ m['role'] }}\n{% if m['role'] == 'assistant' and loop.last %}"
    + BLOCK.replace("\n", "{{ '\n' }}")
    + "{% endif %}{{ m['content'] }}<end>\n{% endfor %}{% if add_generation_prompt %}<turn>assistant\n<think>\n{% endif %}"
)
"""Qwen 3, the thinking release."""
OPENED = TURNS + "{% if add_generation_prompt %}<turn>assistant\n<think>\n{% endif %}"
"""DeepSeek R1."""
BLANK_LEAD = (
    "{{ bos_token }}{% for m in messages %}{% if m['role'] == 'user' %}<turn> {{ m['content'] }} <end>"
    "{% else %}{{ ' ' + m['content'] + eos_token }}{% endif %}{% endfor %}"
)
"""Mistral 7B v0.1: no role names, and no system turn, whose text would pass for a reply."""
LABELS = (
    "{% for m in messages %}{{ {'user': 'USER', 'assistant': 'ASSISTANT', 'system': 'SYSTEM'}[m['role']] }}: {{ m['content'] }}\n"
    "{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}"
)
"""Old fine-tunes whose turns end in a line, and in no token."""
NO_HEADER = TURNS
"""Older templates that do not know of a reply to come."""
RANDOM = "{{ bos_token }}<turn>{{ range(9999) | random }}<end>" + TURNS + ASK
TWO_BEGINNINGS = "{{ bos_token }}{{ bos_token }}" + TURNS + ASK
END_INSIDE = "{{ bos_token }}{% for m in messages %}<turn>{{ m['role'] }}\n{{ m['content'] }}{% if m['role'] == 'user' %}{{ eos_token }}"
END_INSIDE += "{% endif %}<end>\n{% endfor %}" + ASK
CUTS_TEXTS = TURNS.replace("m['content']", "m['content'][:12]") + ASK
DOUBLES_TEXTS = TURNS.replace("{{ m['content'] }}", "{{ m['content'] }}{{ m['content'] }}") + ASK
