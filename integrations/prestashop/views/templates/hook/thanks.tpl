{* Where the buyer can recommend the shop. *}
<section class="card parrain-thanks"><div class="card-block"><parrain-offer style="display:block;min-height:8em"></parrain-offer></div></section>
