{* Sharing, the vouchers that were handed out, rewards. *}
{extends file='customer/page.tpl'}
{block name='page_title'}{$parrain_words['Referrals']|escape:'htmlall':'UTF-8'}{/block}
{block name='page_content'}
  <parrain-offer style="display:block;min-height:12em"></parrain-offer>
  {if $parrain_vouchers}
    <h2 class="h3 mt-2">{$parrain_words['Your vouchers']|escape:'htmlall':'UTF-8'}</h2>
    <table class="table table-striped table-bordered parrain-vouchers">
      <thead class="thead-default"><tr>
        {foreach from=['Code', 'Worth', 'Until', 'State'] item=word}<th scope="col">{$parrain_words[$word]|escape:'htmlall':'UTF-8'}</th>{/foreach}
      </tr></thead>
      <tbody>
        {foreach from=$parrain_vouchers item=voucher}
          <tr>
            <td><code>{$voucher.code|escape:'htmlall':'UTF-8'}</code></td>
            <td>{$voucher.worth|escape:'htmlall':'UTF-8'}</td>
            <td>{$voucher.until|escape:'htmlall':'UTF-8'}</td>
            <td>{$voucher.state|escape:'htmlall':'UTF-8'}</td>
          </tr>
        {/foreach}
      </tbody>
    </table>
  {/if}
  <parrain-rewards style="display:block;min-height:12em"></parrain-rewards>
{/block}
