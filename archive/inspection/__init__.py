"""四性检测 (DA/T 70): what is checked at filing, at transfer and ever after, and the reports of it."""
